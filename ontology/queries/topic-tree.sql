WITH RECURSIVE
  inside (topic) AS (
    SELECT narrow FROM broader WHERE :root IS NULL
    UNION
    SELECT wide FROM broader WHERE :root IS NULL
    UNION
    SELECT id FROM node WHERE iri = :root
    UNION
    SELECT broader.narrow FROM inside JOIN broader ON broader.wide = inside.topic WHERE :root IS NOT NULL
  ),
  placed (topic) AS (
    SELECT inside.topic FROM inside JOIN node ON node.id = inside.topic AND node.kind = 3
    WHERE
      EXISTS (SELECT 1 FROM broader WHERE broader.narrow = inside.topic)
      OR EXISTS (SELECT 1 FROM broader WHERE broader.wide = inside.topic)
  ),
  higher (topic, wide) AS (
    SELECT topic, topic FROM placed
    UNION
    SELECT higher.topic, broader.wide FROM higher JOIN broader ON broader.narrow = higher.wide
  ),
  depth AS (SELECT topic, COUNT(*) - 1 AS above FROM higher GROUP BY topic),
  below AS (SELECT topic, (SELECT COUNT(*) FROM about WHERE about.topic = depth.topic) AS papers FROM depth)
SELECT
  depth.above AS "above:integer",
  wider.iri AS "wider:iri",
  node.iri AS "topic:iri",
  node.label AS "label:term",
  (SELECT COUNT(*) FROM topic WHERE topic.topic = depth.topic) AS "papers:integer",
  below.papers AS "below:integer"
FROM depth
JOIN below ON below.topic = depth.topic AND below.papers > 0
JOIN node ON node.id = depth.topic
LEFT JOIN broader ON broader.narrow = depth.topic
LEFT JOIN node AS wider ON wider.id = broader.wide
ORDER BY depth.above, wider.iri, below.papers DESC, node.iri
