WITH
  entity AS (SELECT id FROM node WHERE iri = :entity),
  found AS (
    SELECT paper.iri, 'extracted' AS source, has.sure, paper.label
    FROM has JOIN node AS paper ON paper.id = has.paper
    WHERE has.kind IN (1, 2) AND has.thing IN entity AND has.sure IS NOT NULL
    UNION ALL
    SELECT introduced.paper, 'vocabulary', NULL, paper.label
    FROM introduced LEFT JOIN node AS paper ON paper.iri = introduced.paper
    WHERE introduced.thing IN entity
  )
SELECT iri AS "paper:iri", source AS "source:string", sure AS "confidence:decimal", label AS "title:term"
FROM found
ORDER BY source DESC, CAST(sure AS REAL) DESC, iri
