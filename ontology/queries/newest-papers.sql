SELECT paper.iri AS "paper:iri", paper.date AS "date:string", paper.label AS "title:term"
FROM about JOIN node AS paper ON paper.id = about.paper
WHERE about.topic = (SELECT id FROM node WHERE iri = :topic)
ORDER BY paper.date DESC, paper.iri DESC
