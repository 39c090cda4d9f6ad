SELECT node.iri AS "method:iri", node.label AS "label:term", has.sure AS "confidence:decimal"
FROM has JOIN node ON node.id = has.thing
WHERE has.paper = (SELECT id FROM node WHERE iri = :paper) AND has.kind = 1 AND has.sure IS NOT NULL
ORDER BY CAST(has.sure AS REAL) DESC, node.iri
