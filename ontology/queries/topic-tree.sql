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
    SELECT topic FROM inside
    WHERE
      (SELECT kind FROM node WHERE id = inside.topic) = 3
      AND (
        EXISTS (SELECT 1 FROM broader WHERE narrow = inside.topic)
        OR EXISTS (SELECT 1 FROM broader WHERE wide = inside.topic)
      )
  ),
  higher (topic, wide) AS (
    SELECT topic, topic FROM placed
    UNION
    SELECT higher.topic, broader.wide FROM higher JOIN broader ON broader.narrow = higher.wide
  ),
  depth AS (SELECT topic, COUNT(*) - 1 AS above FROM higher GROUP BY topic),
  below AS MATERIALIZED (
    SELECT topic, above, (SELECT COUNT(*) FROM about WHERE about.topic = depth.topic) AS papers FROM depth
  )
SELECT
  below.above AS "above:integer",
  wider.iri AS "wider:iri",
  node.iri AS "topic:iri",
  node.label AS "label:term",
  (SELECT COUNT(*) FROM topic WHERE topic.topic = below.topic) AS "papers:integer",
  below.papers AS "below:integer"
FROM below
CROSS JOIN node ON node.id = below.topic
LEFT JOIN broader ON broader.narrow = below.topic
LEFT JOIN node AS wider ON wider.id = broader.wide
WHERE below.papers > 0
ORDER BY below.above, wider.iri, below.papers DESC, node.iri
