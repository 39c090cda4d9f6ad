SELECT node.iri AS "method:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM (SELECT method, COUNT(*) AS papers FROM method GROUP BY method) AS held
JOIN node ON node.id = held.method
ORDER BY held.papers DESC, node.iri
