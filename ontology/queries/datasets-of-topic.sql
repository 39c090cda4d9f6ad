SELECT node.iri AS "dataset:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM (
  SELECT dataset.dataset, COUNT(*) AS papers
  FROM about CROSS JOIN dataset ON dataset.paper = about.paper
  WHERE about.topic = (SELECT id FROM node WHERE iri = :topic)
  GROUP BY dataset.dataset
) AS held
JOIN node ON node.id = held.dataset
ORDER BY held.papers DESC, node.iri
