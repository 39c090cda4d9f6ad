WITH held AS (
  SELECT month, method, COUNT(*) AS papers FROM method WHERE :method IS NULL GROUP BY method, month
  UNION ALL
  SELECT month, method, COUNT(*) FROM method WHERE method = (SELECT id FROM node WHERE iri = :method) GROUP BY month
)
SELECT held.month AS "month:gYearMonth", node.iri AS "method:iri", node.label AS "label:term", held.papers AS "papers:integer"
FROM held JOIN node ON node.id = held.method
ORDER BY held.month, held.papers DESC, node.iri
