#!/usr/bin/env bash
# Fetch the engines that the exports are proven on, from Maven Central: Neo4j community and Apache Jena Fuseki.
#
#   tests/engines/setup.sh            into ~/.cache/digest-kg/engines (some 250 MB), or into $KG_ENGINES
#
# Needs Java 17 and Maven (Debian: apt install openjdk-17-jre-headless maven). What is there already is left alone.
# Each becomes a folder with the bin/ of a normal installation: neo4j, neo4j-admin, cypher-shell; fuseki-server, riot.
# The tests look for these folders, or for an installation of your own by NEO4J_HOME and FUSEKI_HOME.
set -euo pipefail

NEO4J=5.26.30 # the long-term release of Neo4j 5
JENA=5.6.0    # the last that runs on Java 17

cache="${KG_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/digest-kg/engines}"

for tool in java mvn; do
    if ! command -v "$tool" >/dev/null; then
        echo "setup.sh: $tool is missing. On Debian: apt install openjdk-17-jre-headless maven" >&2
        exit 2
    fi
done

mkdir -p "$cache"
exec 9>"$cache/.lock"
flock 9
work=$(mktemp -d "$cache/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# fetch FOLDER GROUP:ARTIFACT:VERSION...   copies the artifacts and all that they need to run into FOLDER
fetch() {
    local folder=$1 item group artifact version
    shift
    {
        echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        echo '<groupId>kg</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging>'
        echo '<dependencies>'
        for item; do
            IFS=: read -r group artifact version <<<"$item"
            echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
        done
        echo '</dependencies></project>'
    } >"$work/pom.xml"
    mvn -q -B -Dstyle.color=never -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder"
}

# program HOME NAME CLASS HEAP   writes HOME/bin/NAME, which runs a class of HOME/lib
program() {
    cat >"$1/bin/$2" <<END
#!/bin/sh
home=\$(CDPATH= cd -- "\$(dirname -- "\$0")/.." && pwd)
${5:+export $5="\${$5:-\$home}"}
exec java -Xmx$4 -Dapp.home="\$home" -Dbasedir="\$home" -cp "\$home/lib/*" $3 "\$@"
END
    chmod +x "$1/bin/$2"
}

neo4j="$cache/neo4j-$NEO4J"
if [ ! -d "$neo4j" ]; then
    home="$work/neo4j"
    mkdir -p "$home"/{bin,conf,data,import,logs,plugins,run}
    fetch "$home/lib" "org.neo4j:neo4j-bootcheck:$NEO4J" "org.neo4j.app:neo4j-server:$NEO4J" \
        "org.neo4j:neo4j-import-tool:$NEO4J" "org.neo4j:cypher-shell:$NEO4J"
    program "$home" neo4j org.neo4j.server.startup.Neo4jBoot 128m NEO4J_HOME
    program "$home" neo4j-admin org.neo4j.server.startup.Neo4jAdminBoot 128m NEO4J_HOME
    program "$home" cypher-shell org.neo4j.shell.startup.CypherShellBoot 512m ""
    printf '%s\n' 'server.default_listen_address=127.0.0.1' 'dbms.usage_report.enabled=false' >"$home/conf/neo4j.conf"
    mv -T "$home" "$neo4j"
fi

fuseki="$cache/fuseki-$JENA"
if [ ! -d "$fuseki" ]; then
    home="$work/fuseki"
    mkdir -p "$home"/{bin,lib}
    mvn -q -B -Dstyle.color=never dependency:copy -Dartifact="org.apache.jena:jena-fuseki-server:$JENA" -DoutputDirectory="$home/lib"
    program "$home" fuseki-server org.apache.jena.fuseki.main.cmds.FusekiMainCmd 1g ""
    program "$home" riot riotcmd.riot 1g ""
    mv -T "$home" "$fuseki"
fi

echo "NEO4J_HOME=$neo4j"
echo "FUSEKI_HOME=$fuseki"
