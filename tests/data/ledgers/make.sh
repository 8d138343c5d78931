#!/bin/sh
# make.sh ONRECORD: the ledger file of a released version, with every kind of entry in it, as that version writes it. It is made
# once, when the version is released, and kept for ever: every later version must open it.
set -eu
onrecord=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
version=$("$onrecord" --version | cut -d' ' -f2)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export HOME="$folder" XDG_CONFIG_HOME="$folder" ONRECORD_ACTOR=human:anna ONRECORD_LEDGER=released.db
do_() { "$onrecord" "$@" 2> /dev/null; }
log() { source=$1 quote=$2; shift 2; do_ log --new --source "$source" --quote "$quote" "$@"; }

do_ init --origin example.org/released > /dev/null
printf 'Acme paid 40 million euros for Bolt. Zed joined Acme. It has 300 lamps.' > one.txt
printf 'Acme paid 41 million euros for Bolt, the Post reports. It has 300 lamps.' > two.txt
one=$(do_ capture one.txt --publisher Post --url https://post.example/1 --published 2025-06-13 --lang en)
two=$(do_ capture two.txt --publisher Star --lang en)
do_ capture two.txt --author 'A. Reed' > /dev/null
deal=$(log "$one" 'Acme paid 40 million euros for Bolt' --subject Acme --predicate acquisition-price --object Bolt)
other=$(log "$two" 'Acme paid 41 million euros for Bolt' --subject Acme --predicate acquisition-price --object Bolt)
zed=$(log "$one" 'Zed joined Acme' --subject Zed --predicate joined --object Acme)
lamps=$(log "$one" '300 lamps' --subject Bolt --predicate headcount)
do_ attest "$deal" > /dev/null
do_ retract "$lamps" --because 'lamps are nobody' > /dev/null
do_ reinstate "$lamps" --because 'they were counted' > /dev/null
do_ correct "$lamps" --because 'of another day' --as-of 2025-06 > /dev/null
do_ decide "$deal" both-right --because 'two deals' > /dev/null
do_ decide "$zed" verified --because 'he said so' > /dev/null
do_ derives-from "$two" Post --because 'it says so' > /dev/null
do_ derives-from "$two" Post --undo --because 'it does not' > /dev/null
echo '{"name": "Acme Holding"}' | do_ entities add - > /dev/null
do_ entities merge 'Acme Holding' Acme --because 'one company' > /dev/null
do_ entities unmerge acme-holding --because 'two after all' > /dev/null
awk 'BEGIN { print "who,town,people"; for (n = 1; n <= 120; n++) {
    right = 1000 + n * 7919 % 8000; wire = right + (n % 5 ? 0 : 10 + n % 90)
    print "Wire,Town " n "," wire; print "Mirror,Town " n "," wire; print "Echo,Town " n "," wire
    for (k = 1; k <= 4; k++) print "Desk " k ",Town " n "," right + ((n + k) % 10 ? 0 : k) } }' > towns.csv
printf '[columns]\nsource = "who"\nentity = "town"\n[predicates.people]\nkind = "figure"\n' > map.toml
do_ import towns.csv --map map.toml --new > /dev/null
do_ copying find > /dev/null
do_ copying part Wire Echo --because 'two desks' > /dev/null
ONRECORD_HOLD=agents ONRECORD_ACTOR=agent:reader log "$two" '300 lamps' --subject Bolt --predicate remaining > held
do_ approve "$(cat held)" > /dev/null
ONRECORD_HOLD=agents ONRECORD_ACTOR=agent:reader log "$two" '300 lamps' --subject Acme --predicate remaining > held
do_ init --ledger other.db --origin example.org/other > /dev/null
printf 'Bolt has 12 ships.' | do_ capture - --ledger other.db --publisher Herald > three
ONRECORD_LEDGER=other.db log "$(cat three)" '12 ships' --subject Bolt --predicate amount > /dev/null
do_ merge other.db > /dev/null
do_ key new > key
do_ checkpoint > /dev/null
do_ redact "$zed" --because 'order of the court' > /dev/null
do_ checkpoint > "$here/$version.checkpoint"
cp key "$here/$version.key"
cp released.db "$here/$version.db"
echo "$here/$version.db"
