SELECT
  paper.iri AS "paper:iri", role.iri AS "relation:iri", held.month AS "month:gYearMonth", paper.label AS "title:term"
FROM method AS held JOIN method_role AS role ON held.roles & role.bit JOIN node AS paper ON paper.id = held.paper
WHERE held.method = (SELECT id FROM node WHERE iri = :method)
ORDER BY held.month DESC, paper.iri DESC, role.iri
