# What a layer of the map's ground says of a feature of OpenStreetMap (docs/formats/ground.md), for openstreetmap.sh.
def arabic: test("[\u0600-\u06ff]");
def called($p): {
  name_ar: ($p["name:ar"] // (if $p.name and ($p.name | arabic) then $p.name else null end)),
  name_en: ($p["name:en"] // (if $p.name and ($p.name | arabic | not) then $p.name else null end))};
def number($text): if $text and ($text | test("^[0-9]+$")) then ($text | tonumber) else null end;
def class: if test("^(motorway|trunk|primary|secondary)(_link)?$") then "main"
  elif test("^(footway|path|steps|cycleway|pedestrian)$") then "path" else "street" end;
def written: gsub("[()\\[\\]{}\u064b-\u0652\u0640]"; "");
def point($kind; $at): {type, geometry: {type: "Point", coordinates: $at},
  properties: (called(.properties) | {kind: $kind, text_ar: (.name_ar // .name_en), text_en: (.name_en // .name_ar)})}
  | select(.properties.text_ar) | .properties.text_ar |= written | .properties.text_en |= written;
def middle: [.. | arrays | select(.[0] | type == "number")]
  | [(map(.[0]) | (min + max) / 2), (map(.[1]) | (min + max) / 2)];
.properties as $p
| if $layer == "land" then .properties = called($p)
  elif $layer == "roads" then .properties = called($p) + {number: number($p.ref), class: ($p.highway | class)}
  elif $layer == "buildings" then .properties = {number: number($p["addr:housenumber"]), block: number($p["addr:block"])}
  elif $p.highway then point("road"; .geometry.coordinates | .[length / 2 | floor])
  else point("land"; .geometry.coordinates | middle) end
| .properties |= with_entries(select(.value != null))
