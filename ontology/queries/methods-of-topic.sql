SELECT node.iri AS "method:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM (
  SELECT method.method, COUNT(*) AS papers
  FROM about CROSS JOIN method ON method.paper = about.paper
  WHERE about.topic = (SELECT id FROM node WHERE iri = :topic)
  GROUP BY method.method
) AS held
JOIN node ON node.id = held.method
ORDER BY held.papers DESC, node.iri
