#!/usr/bin/env bash
# Makes the ground of the map of an extract of OpenStreetMap: openstreetmap.sh COUNTRY.osm.pbf GROUND.pmtiles [LEVEL]
# LEVEL is the admin_level of governorates, 4 unless given. Needs osmium-tool, jq and tippecanoe; see docs/operating/map.md.
set -euo pipefail
extract=$1 ground=$2 level=${3:-4}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

layer() { # its name, what of the extract belongs to it, and the geometry of its features
  osmium tags-filter "$extract" "$2" -o "$work/$1.osm.pbf"
  osmium export "$work/$1.osm.pbf" --geometry-types="$3" -f geojsonseq -x print_record_separator=false -o "$work/$1.osm.json"
  jq -c --arg layer "$1" -f "$here/ground.jq" "$work/$1.osm.json" > "$work/$1.json"
}
layer land "r/admin_level=$level" polygon
layer roads w/highway linestring
layer buildings wr/building polygon
cat "$work/land.osm.json" "$work/roads.osm.json" | jq -c --arg layer labels -f "$here/ground.jq" > "$work/labels.json"

tippecanoe -q -f -o "$ground" -Z8 -z15 --no-tile-size-limit --no-feature-limit --detect-shared-borders -n ground -N ground \
  -L "land:$work/land.json" -L "roads:$work/roads.json" -L "buildings:$work/buildings.json" -L "labels:$work/labels.json" \
  -j '{"buildings": [">=", "$zoom", 14], "roads": ["any", [">=", "$zoom", 13], ["==", "class", "main"]]}'
# Surveys for `rukhsa ground import`, beside the ground. What has neither name nor number is no road of a register.
for each in land:governorates roads:roads buildings:buildings; do
  jq -s --arg layer "${each%%:*}" '{type: "FeatureCollection", features:
    map(select($layer == "buildings" or (.properties | .number or .name_ar or .name_en)))}' \
    "$work/${each%%:*}.json" > "$(dirname "$ground")/${each##*:}.geojson"
done
