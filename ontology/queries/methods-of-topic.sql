SELECT node.iri AS "method:iri", node.label AS "label:term", within.papers AS "papers:integer"
FROM within CROSS JOIN node ON node.id = within.thing
WHERE within.topic = (SELECT id FROM node WHERE iri = :topic) AND within.kind = 1
ORDER BY within.papers DESC, node.iri
