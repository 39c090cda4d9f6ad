SELECT node.iri AS "dataset:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM (
  SELECT dataset.dataset, COUNT(*) AS papers
  FROM method CROSS JOIN dataset ON dataset.paper = method.paper
  WHERE method.method = (SELECT id FROM node WHERE iri = :method)
  GROUP BY dataset.dataset
) AS held
JOIN node ON node.id = held.dataset
ORDER BY held.papers DESC, node.iri
