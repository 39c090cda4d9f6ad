SELECT node.iri AS "other:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM (
  SELECT other.method, COUNT(*) AS papers
  FROM method CROSS JOIN method AS other ON other.paper = method.paper
  WHERE method.method = (SELECT id FROM node WHERE iri = :method) AND other.method <> method.method
  GROUP BY other.method
) AS held
JOIN node ON node.id = held.method
ORDER BY held.papers DESC, node.iri
