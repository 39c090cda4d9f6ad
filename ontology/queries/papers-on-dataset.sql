SELECT
  paper.iri AS "paper:iri", role.iri AS "relation:iri", held.month AS "month:gYearMonth", paper.label AS "title:term"
FROM dataset AS held JOIN dataset_role AS role ON held.roles & role.bit JOIN node AS paper ON paper.id = held.paper
WHERE held.dataset = (SELECT id FROM node WHERE iri = :dataset)
ORDER BY held.month DESC, paper.iri DESC, role.iri
