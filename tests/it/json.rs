//! The JSON that `onrecord` prints and reads is what the schemas in `docs/schema` say, in both directions: what is
//! printed fits, and what was altered anywhere does not.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::desk::{Desk, repository};

const SCHEMAS: [&str; 20] = [
    "answers",
    "call-list",
    "claim-input",
    "claims",
    "contradictions",
    "copying-find",
    "copying",
    "entities",
    "entity-input",
    "figures",
    "history",
    "merge",
    "origins",
    "predicates",
    "recheck",
    "records",
    "report",
    "right-of-reply",
    "sources",
    "timeline",
];

fn schema(name: &str) -> Value {
    let path = repository().join("docs/schema").join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::new(&schema(name)).unwrap()
}

#[track_caller]
fn check_fits(name: &str, validator: &Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).take(5).collect();
    assert!(errors.is_empty(), "{name}: {}\n{value:#}", errors.join("\n"));
}

/// A story with everything in it that a listing can show.
fn story() -> Desk {
    let mut desk = Desk::new();
    desk.ok(&["demo"]);
    desk.set("ONRECORD_LEDGER", "onrecord-demo.db");
    desk.shell_ok(
        r#"onrecord predicates add examples/predicates.toml
         set -- $(onrecord claims --format csv | sed 1d | cut -c1-8)
         onrecord retract $1 --because 'a misreading'; onrecord reinstate $1 --because 'it was right'
         onrecord retract $2 --because 'a misreading'
         onrecord correct $3 --because 'a denial' --deny --modality alleged --qualifier scope=all --as-of 2025-06/2025-07
         onrecord attest $4 --actor agent:reader
         onrecord decide $5 verified --because 'the filing has it'
         onrecord decide $6 cannot-verify --because 'nobody answers'
         set -- $(onrecord contradictions --format csv | sed 1d | cut -c1-8 | uniq)
         onrecord decide $1 first-wrong --because 'the filing has the second'
         onrecord decide $2 both-right --because 'two deals'
         onrecord decide $3 unsure --because 'looked at'
         onrecord decide $3 open --because 'look again'
         printf '(Reuters) - A quay was closed.' | onrecord capture - --publisher 'Quay Post' > quay
         onrecord log --new --source $(cat quay) --quote 'A quay was closed' --subject Quay --predicate said --object closed
         onrecord derives-from $(cat quay) Reuters --because 'word for word'
         echo '{"name": "The Two", "key": "two", "members": ["Quay", "Reuters"]}' | onrecord entities add -
         echo '{"name": "The Quayside"}' | onrecord entities add -
         onrecord entities merge 'The Quayside' Quay --because 'one place'
         printf 'They paid 100 million, almost 5 km and 3 percentage points.' | onrecord capture - > source
         onrecord log --new --source $(cat source) --quote 'They paid 100 million' --subject Nobody --predicate investment --by 'anonymous:a friend'
         onrecord log --new --source $(cat source) --quote 'almost 5 km' --subject Nobody --predicate amount --by 'anonymous:a friend'"#,
    );
    desk
}

/// Every listing as JSON, by the name of its schema.
fn printed() -> BTreeMap<&'static str, Vec<Value>> {
    let desk = story();
    let read = |text: String| -> Value { serde_json::from_str(&text).unwrap() };
    let mut printed: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for name in ["answers", "claims", "contradictions", "entities", "predicates", "sources"] {
        let value = read(desk.ok(&[name, "--format", "json"]));
        // One item a line is the same items.
        let lines: Vec<Value> =
            desk.ok(&[name, "--format", "jsonl"]).lines().map(|line| read(line.to_string())).collect();
        assert_eq!(value, Value::Array(lines));
        printed.entry(name).or_default().push(value);
    }
    for name in ["right-of-reply", "call-list"] {
        printed.entry(name).or_default().push(read(desk.ok(&[name, "--format", "json"])));
    }
    printed.entry("origins").or_default().push(read(desk.ok(&["sources", "--origins", "--format", "json"])));
    printed.entry("timeline").or_default().push(read(desk.ok(&["timeline", "Meta", "--format", "json"])));
    let all = read(desk.ok(&["contradictions", "--all", "--format", "json"]));
    assert!(all.as_array().unwrap().len() > printed["contradictions"][0].as_array().unwrap().len());
    printed.entry("contradictions").or_default().push(all);
    for source in printed["sources"][0].as_array().unwrap().clone() {
        let report = desk.ok(&["report", source["id"].as_str().unwrap(), "--format", "json"]);
        printed.entry("report").or_default().push(read(report));
    }
    tables(&desk);
    for (name, words) in [
        ("records", &["sources", "--by-record"][..]),
        ("copying", &["copying"]),
        ("copying-find", &["copying", "find"]),
        ("history", &["sources", "history", "https://pier.example/a"]),
        ("recheck", &["recheck", "--no-fetch", "https://pier.example/a", "https://pier.example/table"]),
    ] {
        printed.entry(name).or_default().push(read(desk.ok(&[words, &["--format", "json"]].concat())));
    }
    let merged = desk.shell_ok(
        "onrecord init --ledger other.db --origin example.org/other > /dev/null
         printf 'The pier cost 14 million euros in all.' | onrecord capture - --ledger other.db --publisher Post > other
         onrecord log --ledger other.db --new --source $(cat other) --quote '14 million euros' --subject Pierton \
             --predicate amount > logged
         printf 'Quayside costs 3 euros.' | onrecord capture - --ledger other.db --publisher Star > other
         echo '{\"name\": \"Nobody at all\", \"key\": \"nobody\"}' | onrecord entities add - --ledger other.db > /dev/null
         onrecord log --ledger other.db --new --source $(cat other) --quote '3 euros' --subject nobody --predicate amount > lost
         onrecord merge other.db --format json",
    );
    printed.entry("merge").or_default().push(read(merged));
    let brought =
        desk.shell_ok("onrecord claims $(cat logged) --format json; onrecord report $(cut -c1-8 other) --format json");
    let brought: Vec<Value> = serde_json::Deserializer::from_str(&brought).into_iter().map(Result::unwrap).collect();
    assert!(brought[0][0]["history"][0]["brought"].is_object(), "{brought:#?}");
    printed.entry("claims").or_default().push(brought[0].clone());
    printed.entry("report").or_default().push(brought[1].clone());
    // The articles themselves, and some sentences that have every field.
    let mut lines = String::new();
    for text in [
        "Über 🙂 they paid about $14.3 billion, nearly 40 percent, 3 percentage points, between 200 and 300 km.",
        "It paid 100 million to three people, 1.234 of them, dozens of millions, a nine-figure sum, over four years.",
        "Il a versé 14 billions d'euros, soit plus de 49 % du capital, 2,5 millions de livres par an.",
        "It paid USD 100 million (roughly Rs 10 crore).",
    ] {
        for lang in ["en", "fr", "und"] {
            lines.push_str(&format!("{}\n", json!({"id": {"lang": lang}, "lang": lang, "text": text})));
        }
    }
    for entry in std::fs::read_dir(repository().join("examples/meta-openai")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        lines
            .push_str(&format!("{}\n", json!({"id": path.file_name().unwrap().to_str(), "lang": "und", "text": text})));
    }
    desk.write("texts.jsonl", lines);
    let found = desk.ok(&["figures", "--jsonl", "texts.jsonl"]);
    printed.insert("figures", found.lines().map(|line| read(line.to_string())).collect());
    printed
}

/// Publishers two of whom share their mistakes, a table and a page that were captured again.
fn tables(desk: &Desk) {
    let mut rows = "who,city,inhabitants\n".to_string();
    for city in 0..40 {
        for (place, who) in ["Wire", "Echo", "Alpha", "Bravo", "Carol", "Delta"].into_iter().enumerate() {
            let slip = if place < 2 && city % 3 == 0 { 777 } else { 0 };
            rows.push_str(&format!("{who},City {city}a,{}\n", 10_003 + city * 137 + slip));
        }
    }
    desk.write("rows.csv", rows);
    desk.write("rows.toml", "[columns]\nentity = \"city\"\nsource = \"who\"\n[predicates.inhabitants]\nkind = \"figure\"\nunit = \"count\"\n");
    desk.write(
        "plain.toml",
        "[columns]\nentity = \"city\"\n[predicates.inhabitants]\nkind = \"figure\"\nunit = \"count\"\n",
    );
    desk.shell_ok(
        r#"set -e
           onrecord import rows.csv --map rows.toml --new --publisher Office
           onrecord copying find
           printf 'city,inhabitants\nPierton,12\nQuayton,13\n' > v1.csv
           printf 'city,inhabitants\nPierton,12\nQuayton,14\n' > v2.csv
           for v in v1 v2; do onrecord import $v.csv --map plain.toml --new --publisher Office --url https://pier.example/table; done
           printf 'The pier cost 14 million euros in all.\n\nIt was built by nobody in particular.' > page.txt
           onrecord capture page.txt --publisher Office --url https://pier.example/a --lang en
           onrecord log --new --source https://pier.example/a --quote '14 million euros' --subject Pierton --predicate amount
           printf 'The pier cost 15 million euros in all.\n\nIt was built by nobody in particular.\n\nIt will be blue soon.' > page.txt
           onrecord capture page.txt --publisher Office --url https://pier.example/a --lang en"#,
    );
}

#[test]
fn schemas_are_sound_closed_and_described() {
    let there = std::fs::read_dir(repository().join("docs/schema")).unwrap();
    let mut there: Vec<String> = there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    assert_eq!(there, SCHEMAS.map(|name| format!("{name}.json")));
    for name in SCHEMAS {
        let schema = schema(name);
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(schema["title"].is_string() && schema["description"].is_string(), "{name}");
        walk(&schema, &mut |part| {
            let Some(properties) = part.get("properties").and_then(Value::as_object) else { return };
            assert_eq!(part["additionalProperties"], false, "{name}: an open object: {part:?}");
            for (key, property) in properties {
                let described = property.get("description").is_some() || property.get("$ref").is_some();
                assert!(described, "{name}: `{key}` is not described");
            }
            for required in part["required"].as_array().unwrap() {
                assert!(properties.contains_key(required.as_str().unwrap()), "{name}: {required}");
            }
        });
    }
}

fn walk(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            visit(fields);
            fields.values().for_each(|value| walk(value, visit));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

/// Fields that may be left out, and maps whose keys are free to go.
const OPTIONAL: [&str; 22] = [
    "anonymous",
    "brought",
    "compare",
    "component",
    "conflict",
    "currency_any",
    "conversion",
    "doubts",
    "exclusive",
    "gap",
    "implies",
    "money",
    "named-speakers",
    "other",
    "part-of",
    "per",
    "period",
    "scope",
    "slip",
    "stage",
    "support",
    "truncated",
];

/// Every way to alter a value in one place such that it must not fit any more: a field added, a field gone, a value of
/// another kind.
fn altered(whole: &Value) -> Vec<(String, Value)> {
    let mut pointers = vec![String::new()];
    let mut at = 0;
    while let Some(pointer) = pointers.get(at).cloned() {
        let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
        match whole.pointer(&pointer).unwrap() {
            Value::Object(fields) => pointers.extend(fields.keys().map(|key| format!("{pointer}/{}", escaped(key)))),
            // The first two items are like the others.
            Value::Array(items) => pointers.extend((0..items.len().min(2)).map(|index| format!("{pointer}/{index}"))),
            _ => {}
        }
        at += 1;
    }
    let mut altered = Vec::new();
    for pointer in pointers {
        // Whatever was given comes back: it may be anything.
        if pointer == "/id" && whole.get("figures").is_some() || pointer.starts_with("/id/") {
            continue;
        }
        let mut change = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut copy = whole.clone();
            change(copy.pointer_mut(&pointer).unwrap());
            altered.push((format!("{what} {pointer}"), copy));
        };
        change("another kind at", &|value| *value = json!({"x": [1.5]}));
        if let Value::Object(fields) = whole.pointer(&pointer).unwrap() {
            change("a field more in", &|value| value["surplus"] = Value::Null);
            for key in fields.keys().filter(|key| !OPTIONAL.contains(&key.as_str())) {
                // In predicates a unit is optional, in figures it is not; a record has whatever predicates there are.
                if pointer.ends_with("/predicates")
                    || pointer == "/brought"
                    || key == "unit" && fields.contains_key("describes")
                    || key == "qualifiers" && fields.contains_key("text")
                {
                    continue;
                }
                change(&format!("no `{key}` in"), &|value| drop(value.as_object_mut().unwrap().remove(key)));
            }
        }
    }
    altered
}

#[test]
fn what_is_printed_fits_and_what_is_altered_does_not() {
    for (name, values) in printed() {
        let validator = validator(name);
        let mut n_altered = 0;
        let mut seen = std::collections::BTreeSet::new();
        for value in &values {
            check_fits(name, &validator, value);
            // A list is judged item by item, and one item of a kind is enough.
            let items = match value {
                Value::Array(items) => items.iter().map(|item| json!([item])).collect(),
                other => vec![other.clone()],
            };
            for item in items.iter().filter(|item| seen.insert(shape(item))).take(8) {
                for (what, altered) in altered(item) {
                    // Of a list the list itself may be empty.
                    assert!(!validator.is_valid(&altered), "{name} takes it with {what}:\n{altered:#}");
                    n_altered += 1;
                }
            }
        }
        assert!(n_altered >= 8, "{name}: only {n_altered} alterations were tried");
    }
}

/// Which fields there are, whatever is in them.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| format!("{key}:{} ", shape(value))).collect(),
        Value::Array(items) => format!("[{}]", items.first().map_or(String::new(), shape)),
        Value::Null => "null".to_string(),
        _ => "some".to_string(),
    }
}

/// Every enum of the program that is printed is in the schemas whole, and nothing else is.
#[test]
fn enums_are_those_of_the_program() {
    let contradictions = schema("contradictions");
    let reasons: Vec<&str> = onrecord::domain::verdict::Reason::ALL.iter().map(|reason| reason.name()).collect();
    assert_eq!(contradictions["$defs"]["pair"]["properties"]["reasons"]["items"]["enum"], json!(reasons));
    assert_eq!(schema("timeline")["$defs"]["row"]["properties"]["reasons"]["items"]["enum"], json!(reasons));
    let report = schema("report");
    assert_eq!(report["$defs"]["other"]["properties"]["reasons"]["items"]["enum"], json!(reasons));
    let hedges: Vec<Value> =
        onrecord::domain::figure::Hedge::NAMED.iter().map(|(name, _)| json!(name)).chain([Value::Null]).collect();
    assert_eq!(schema("figures")["$defs"]["figure"]["properties"]["hedge"]["enum"], json!(hedges));
    let about = json!(onrecord::domain::listing::About::ALL.map(|about| about.name()));
    assert_eq!(schema("merge")["$defs"]["difference"]["properties"]["about"]["enum"], about);
    let keys = json!(onrecord::domain::claim::QUALIFIER_KEYS);
    assert_eq!(schema("claims")["$defs"]["claim"]["properties"]["qualifiers"]["propertyNames"]["enum"], keys);
}

// ---- what is read

#[test]
fn lines_of_the_demo_fit() {
    for (file, name) in [("claims.jsonl", "claim-input"), ("entities.jsonl", "entity-input")] {
        let text = std::fs::read_to_string(repository().join("examples/meta-openai").join(file)).unwrap();
        let validator = validator(name);
        for line in text.lines() {
            check_fits(file, &validator, &serde_json::from_str(line).unwrap());
        }
    }
}

/// The schema and the program agree on which lines are read.
#[test]
fn the_schemas_of_input_take_what_the_program_takes() {
    let claim = |more: Value| {
        let mut line = json!({"source": "s", "quote": "q", "subject": "x", "predicate": "p"});
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let claims = [
        claim(json!({})),
        claim(
            json!({"object": "o", "figure": "14 billion", "by": ["A", {"name": "B", "known": "page"}, {"anonymous": "friends"}]}),
        ),
        claim(
            json!({"figure": 14.3, "stance": "denies", "modality": "alleged", "as_of": "2025-06/2025-07", "ref": "1"}),
        ),
        claim(json!({"figure": {"value": "14.3", "decimals": "exact", "currency": "USD"}})),
        claim(json!({"figure": {"value": "14.3", "currency": "USD", "currency_any": ["USD", "CAD"]}})),
        claim(json!({"figure": {"value": "14.3", "money": true}})),
        claim(
            json!({"figure": {"lo": 1, "hi": "2", "lo_open": true, "hi_open": false, "hedge": "between", "unit": "km"}}),
        ),
        claim(
            json!({"quote": {"exact": "q", "start": 3, "end": 4, "prefix": "a", "suffix": "b", "start_byte": 3, "end_byte": 4, "folded": false}}),
        ),
        claim(
            json!({"qualifiers": {"period": "4 years", "part-of": "total"}, "object": null, "figure": null, "by": null, "stance": null, "ref": null}),
        ),
        claim(
            json!({"figure": {"value": "1", "decimals": null, "hedge": null, "currency": null, "unit": null, "lo": null}}),
        ),
    ];
    let read = |line: &Value| onrecord::ledger::read_claims(&line.to_string())[0].1.is_ok();
    let mut refused = vec![
        claim(json!({"by": "Reuters"})),
        claim(json!({"by": [{"name": "A", "anonymous": "b"}]})),
        claim(json!({"by": [{"known": "page"}]})),
        claim(json!({"by": [{"name": "A", "known": "guessed"}]})),
        claim(json!({"stance": "maybe"})),
        claim(json!({"modality": "sure"})),
        claim(json!({"qualifiers": {"stag": "x"}})),
        claim(json!({"qualifiers": {"stage": 1}})),
        claim(json!({"figure": true})),
        claim(json!({"figure": {"value": "1,5"}})),
        claim(json!({"figure": {"value": "1", "decimals": 1.5}})),
        claim(json!({"figure": {"value": "1", "decimals": 61}})),
        claim(json!({"figure": {"value": "1", "hedge": "perhaps"}})),
        claim(json!({"figure": {"value": "1", "currency": "dollars"}})),
        claim(json!({"figure": {"value": "1", "lo_open": "yes"}})),
        claim(json!({"figure": {"value": "1", "currency": "USD", "currency_any": ["USD"]}})),
        claim(json!({"figure": {"value": "1", "money": "yes"}})),
        claim(json!({"quote": {"start": 3}})),
        claim(json!({"quote": {"exact": "q", "start": -1}})),
        claim(json!({"as_of": 2025})),
        claim(json!({"colour": "red"})),
        json!(["a list"]),
    ];
    for field in ["source", "quote", "subject", "predicate"] {
        let mut line = claim(json!({}));
        line.as_object_mut().unwrap().remove(field);
        refused.push(line);
    }
    check_agreement("claim-input", &claims, &refused, &read);

    let entities = [
        json!({"name": "A"}),
        json!({"name": "A", "aliases": []}),
        json!({"name": "A", "aliases": ["B"]}),
        json!({"name": "A", "aliases": null}),
        json!({"name": "A", "key": "a", "members": ["B"]}),
        json!({"name": "A", "key": null, "members": null}),
    ];
    let refused = [
        json!({}),
        json!({"name": 7}),
        json!({"name": "A", "aliases": "B"}),
        json!({"name": "A", "aliases": [7]}),
        json!({"name": "A", "key": 7}),
        json!({"name": "A", "members": ["B", 7]}),
        json!({"name": "A", "kind": "person"}),
        json!("A"),
    ];
    check_agreement("entity-input", &entities, &refused, &|line| {
        onrecord::ledger::read_entities(&line.to_string())[0].1.is_ok()
    });
}

fn check_agreement(name: &str, taken: &[Value], refused: &[Value], read: &dyn Fn(&Value) -> bool) {
    let validator = validator(name);
    for line in taken {
        check_fits(name, &validator, line);
        assert!(read(line), "{name}: the program refuses {line}");
    }
    for line in refused {
        assert!(!validator.is_valid(line), "{name}: the schema takes {line}");
        assert!(!read(line), "{name}: the program takes {line}");
    }
}

/// What a listing prints of a claim can be handed in again.
#[test]
fn printed_claims_can_be_logged_again() {
    let desk = story();
    let mut again = String::new();
    let claims: Value = serde_json::from_str(&desk.ok(&["claims", "--format", "json"])).unwrap();
    let standing: Vec<&Value> =
        claims.as_array().unwrap().iter().filter(|claim| claim["status"] == "standing").collect();
    let validator = validator("claim-input");
    for claim in &standing {
        let mut line = Map::new();
        for field in [
            "quote",
            "subject",
            "predicate",
            "object",
            "figure",
            "qualifiers",
            "by",
            "stance",
            "modality",
            "as_of",
            "ref",
        ] {
            line.insert(field.to_string(), claim[field].clone());
        }
        line.insert(
            "source".to_string(),
            json!(format!("{}@{}", claim["source"].as_str().unwrap(), claim["snapshot"].as_str().unwrap())),
        );
        for link in line["by"].as_array_mut().unwrap() {
            if link.get("anonymous").is_some() {
                *link = json!({"anonymous": link["name"], "known": link["known"]});
            }
        }
        check_fits("claim-input", &validator, &Value::Object(line.clone()));
        again.push_str(&format!("{}\n", Value::Object(line)));
    }
    desk.write("again.jsonl", again);
    let ids = desk.ok(&["log", "--jsonl", "again.jsonl"]);
    let differ: Vec<_> = ids
        .lines()
        .zip(&standing)
        .filter(|(id, claim)| claim["id"] != *id)
        .map(|(_, claim)| claim.to_string())
        .collect();
    assert!(differ.is_empty(), "the same claims have the same ids; not so\n{}", differ.join("\n"));
}
