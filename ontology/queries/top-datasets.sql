SELECT node.iri AS "dataset:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM (SELECT dataset, COUNT(*) AS papers FROM dataset GROUP BY dataset) AS held
JOIN node ON node.id = held.dataset
ORDER BY held.papers DESC, node.iri
