SELECT
  paper.iri AS "paper:iri", paper.month AS "month:gYearMonth", code.address AS "code:iri", paper.label AS "title:term"
FROM about JOIN code ON code.paper = about.paper JOIN node AS paper ON paper.id = about.paper
WHERE about.topic = (SELECT id FROM node WHERE iri = :topic)
ORDER BY paper.month DESC, paper.iri DESC, code.address
