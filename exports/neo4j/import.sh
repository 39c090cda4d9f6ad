#!/bin/sh
# Load these files into a new, empty database of Neo4j 5, with the server stopped:
#   sh import.sh                                  into the database "neo4j"
#   sh import.sh papers --overwrite-destination   into the database "papers", replacing it
# neo4j-admin is looked for in $NEO4J_HOME/bin if that is set, else on the path.
set -eu
cd "$(dirname "$0")"
admin="${NEO4J_HOME:+$NEO4J_HOME/bin/}neo4j-admin"
database="${1:-neo4j}"
[ "$#" -eq 0 ] || shift
exec "$admin" database import full "$database" \
  --id-type=string \
  --array-delimiter=U+001F \
  --bad-tolerance=0 \
  --nodes=papers.csv \
  --nodes=methods.csv \
  --nodes=datasets.csv \
  --nodes=topics.csv \
  --nodes=digests.csv \
  --relationships=proposes.csv \
  --relationships=uses_method.csv \
  --relationships=introduces.csv \
  --relationships=uses_dataset.csv \
  --relationships=has_topic.csv \
  --relationships=broader.csv \
  --relationships=listed_in.csv \
  "$@"
