-- A share is 1.0 / users as xsd:decimal has it: 18 decimal places, cut off. Sums of them are kept in two halves of nine
-- places each, which 64 bits hold.
WITH
  self AS (SELECT id FROM node WHERE iri = :paper),
  thing AS (SELECT DISTINCT kind, thing FROM has WHERE paper IN self AND kind IN (1, 2)),
  share AS (
    SELECT thing.kind, thing.thing, 1000000000000000000 / COUNT(*) AS weight
    FROM thing CROSS JOIN has ON has.kind = thing.kind AND has.thing = thing.thing
    GROUP BY thing.kind, thing.thing
  ),
  found AS (
    SELECT
      has.paper,
      (SUM(share.weight / 1000000000) + SUM(share.weight % 1000000000) / 1000000000 + 50000) / 100000 AS score,
      COUNT(*) AS shared
    FROM share CROSS JOIN has ON has.kind = share.kind AND has.thing = share.thing
    WHERE has.paper NOT IN self
    GROUP BY has.paper
  )
SELECT
  paper.iri AS "related:iri",
  RTRIM(RTRIM(PRINTF('%d.%04d', found.score / 10000, found.score % 10000), '0'), '.') AS "score:decimal",
  found.shared AS "shared:integer",
  paper.label AS "title:term"
FROM found JOIN node AS paper ON paper.id = found.paper
ORDER BY found.score DESC, found.shared DESC, paper.iri DESC
