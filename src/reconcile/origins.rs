//! The attribution graph of one question: whom each of its claims goes back to.
//!
//! A claim goes back to whoever stands first in its chain: a speaker with a name is one origin wherever quoted, people
//! without one are one origin for each outlet that talked to them. From there the graph is followed where it leads on:
//!
//! - a page that is declared to derive from another, or that credits one agency ("(Reuters)", "with AFP"), says in its
//!   own voice what that one says;
//! - an outlet that is cited ("the Journal reports") goes back to whomever its own page on the same question goes back
//!   to, where one is on record, is not younger than the page that cites it, and all its claims begin with one speaker.
//!
//! Where outlets cite each other in a circle nobody is the origin: the circle is reported and counts once.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::claim::{Attribution, EntityKey, Known, Speaker};
use crate::domain::id::SourceId;
use crate::domain::origin::Origin;
use crate::domain::when::When;

/// A claim as the graph sees it.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// Its attribution chain; at least one link.
    pub by: &'a [Attribution],
    /// The page it stands on.
    pub source: SourceId,
    /// Who publishes that, where it is one entity on record.
    pub publisher: Option<&'a EntityKey>,
    /// True where nobody is said to publish it: then whoever stands alone in the chain speaks on a page of his own.
    pub unpublished: bool,
    /// When it was published.
    pub published: Option<&'a When>,
    /// What the page is said to derive from.
    pub upstream: &'a [Upstream],
    /// False for a retracted claim: nothing is followed through it.
    pub standing: bool,
}

/// What a page derives from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The outlet, the agency or the person whose report it repeats.
    pub from: EntityKey,
    /// How that is known: `Declared` or `Page`.
    pub basis: Basis,
}

/// How a step back is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The sentence says so.
    Stated,
    /// The page credits it.
    Page,
    /// Whoever logged the claim concluded it.
    Inferred,
    /// Somebody declared that the page derives from another.
    Declared,
}

impl Basis {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Stated => "stated",
            Basis::Page => "page",
            Basis::Inferred => "inferred",
            Basis::Declared => "declared",
        }
    }
}

impl From<Known> for Basis {
    fn from(known: Known) -> Basis {
        match known {
            Known::Stated => Basis::Stated,
            Known::Page => Basis::Page,
            Known::Inferred => Basis::Inferred,
        }
    }
}

/// One step of the way from an origin to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub who: Origin,
    /// How it is known that the next one has it from him; of the last one, that he says so himself.
    pub basis: Basis,
}

/// What the graph says of one question's claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// For each claim the way from its origin to its page; at least one step.
    pub paths: Vec<Vec<Step>>,
    /// Outlets that cite each other in a circle, each circle once, from its first name on.
    pub circles: BTreeSet<Vec<EntityKey>>,
}

impl Resolved {
    /// Whom a claim goes back to.
    pub fn origin(&self, claim: usize) -> &Origin {
        &self.paths[claim][0].who
    }
}

/// Resolves the claims of one question. Takes time linear in the claims and the length of their ways.
pub fn resolve(accounts: &[Account]) -> Resolved {
    let mut outlets: BTreeMap<&EntityKey, Outlet> = BTreeMap::new();
    for (index, account) in accounts.iter().enumerate().filter(|(_, account)| account.standing) {
        let Some(publisher) = account.publisher else { continue };
        let head = Head::of(account);
        let outlet = outlets.entry(publisher).or_insert_with(|| Outlet { head: Some(head.clone()), first: index });
        if outlet.head.as_ref().is_some_and(|known| known.who() != head.who()) {
            outlet.head = None;
        }
        let day = |index: usize| accounts[index].published.map(When::first_day);
        if day(index) < day(outlet.first) {
            outlet.first = index;
        }
    }
    let mut resolved = Resolved::default();
    for account in accounts {
        let path = path(account, accounts, &outlets, &mut resolved.circles);
        resolved.paths.push(path);
    }
    resolved
}

/// An outlet's own claims on the question.
struct Outlet {
    /// Whom all of them begin with; `None` where they begin with several.
    head: Option<Head>,
    /// The earliest of them.
    first: usize,
}

/// Whom a claim begins with.
#[derive(Clone, Debug)]
enum Head {
    /// Nobody further back: this is its origin.
    Here(Origin, Basis),
    /// Somebody whose own pages may lead on.
    Cites(EntityKey, Basis),
}

impl Head {
    fn of(account: &Account) -> Head {
        let link = account.by.first().expect("a chain has a link");
        let is_own = |key: &EntityKey| account.publisher == Some(key) || (account.unpublished && account.by.len() == 1);
        match &link.who {
            Speaker::Entity(key) if is_own(key) => match upstream(account, link.known) {
                Some(upstream) => Head::Cites(upstream.from.clone(), upstream.basis),
                None => Head::Here(Origin::Named(key.clone()), link.known.into()),
            },
            Speaker::Entity(key) => Head::Cites(key.clone(), link.known.into()),
            Speaker::Anonymous(_) => {
                let outlet = account.by.iter().find_map(named);
                let origin = match outlet {
                    // Whoever repeats another page has talked to nobody himself.
                    Some(outlet) if is_own(outlet) => {
                        let from = upstream(account, Known::Page).map_or(outlet, |upstream| &upstream.from);
                        Origin::Anonymous(from.clone())
                    }
                    Some(outlet) => Origin::Anonymous(outlet.clone()),
                    None => Origin::Unnamed(account.source),
                };
                Head::Here(origin, link.known.into())
            }
        }
    }

    fn who(&self) -> Origin {
        match self {
            Head::Here(origin, _) => origin.clone(),
            Head::Cites(key, _) => Origin::Named(key.clone()),
        }
    }
}

fn named(link: &Attribution) -> Option<&EntityKey> {
    match &link.who {
        Speaker::Entity(key) => Some(key),
        Speaker::Anonymous(_) => None,
    }
}

/// What a page repeats, where that is one thing: what it is declared to derive from, else what it credits. A credit
/// says nothing of a claim that its sentence gives to the page itself.
fn upstream<'u>(account: &Account<'u>, known: Known) -> Option<&'u Upstream> {
    let of = |basis: Basis| account.upstream.iter().filter(move |upstream| upstream.basis == basis);
    let only = |basis: Basis| of(basis).next().filter(|_| of(basis).count() == 1);
    match of(Basis::Declared).next() {
        Some(_) => only(Basis::Declared),
        None => only(Basis::Page).filter(|_| known == Known::Page),
    }
}

/// The way from a claim's origin to its page.
fn path(
    account: &Account,
    accounts: &[Account],
    outlets: &BTreeMap<&EntityKey, Outlet>,
    circles: &mut BTreeSet<Vec<EntityKey>>,
) -> Vec<Step> {
    // From the page back to the origin; turned round at the end.
    let mut back: Vec<Step> = Vec::new();
    let mut walked: Vec<EntityKey> = Vec::new();
    let put = |who: Origin, basis: Basis, back: &mut Vec<Step>| {
        if back.last().is_none_or(|last| last.who != who) {
            back.push(Step { who, basis });
        }
    };
    let mut current = account;
    let mut head = Head::of(account);
    if let Some(publisher) = account.publisher {
        put(Origin::Named(publisher.clone()), Basis::Page, &mut back);
    }
    loop {
        for link in current.by.iter().skip(1).rev() {
            if let Some(key) = named(link) {
                put(Origin::Named(key.clone()), link.known.into(), &mut back);
            }
        }
        let (key, basis) = match head {
            Head::Here(origin, basis) => {
                put(origin, basis, &mut back);
                break;
            }
            Head::Cites(key, basis) => (key, basis),
        };
        if let Some(from) = walked.iter().position(|known| *known == key) {
            let mut circle = walked.split_off(from);
            let least = circle.iter().enumerate().min_by_key(|(_, key)| *key).map_or(0, |(index, _)| index);
            // Told from its first name on, it is the same circle wherever it was entered.
            circle.rotate_left(least);
            put(Origin::Named(circle[0].clone()), basis, &mut back);
            circles.insert(circle);
            break;
        }
        walked.push(key.clone());
        let own = outlets.get(&key).filter(|outlet| {
            let dates = accounts[outlet.first].published.zip(current.published);
            dates.is_none_or(|(own, citing)| !citing.is_before(own))
        });
        match own.and_then(|outlet| Some((outlet, outlet.head.clone()?))) {
            Some((outlet, next)) if next.who() != Origin::Named(key.clone()) => {
                put(Origin::Named(key), basis, &mut back);
                (current, head) = (&accounts[outlet.first], next);
            }
            _ => {
                put(Origin::Named(key), basis, &mut back);
                break;
            }
        }
    }
    back.reverse();
    back
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Digest;

    fn key(name: &str) -> EntityKey {
        EntityKey(name.to_string())
    }

    fn link(name: &str, known: Known) -> Attribution {
        let who = match name.strip_prefix('~') {
            Some(words) => Speaker::Anonymous(words.to_string()),
            None => Speaker::Entity(key(name)),
        };
        Attribution { who, known }
    }

    /// Pages as `PUBLISHER[ DATE][ <credit][ <<declared]: speaker > …`, and the ways that come of them.
    fn ways(pages: &[&str]) -> (Vec<String>, Vec<String>) {
        struct Page {
            by: Vec<Attribution>,
            publisher: EntityKey,
            published: Option<When>,
            upstream: Vec<Upstream>,
        }
        let read = |page: &&str| {
            let (head, chain) = page.split_once(": ").unwrap();
            let mut words = head.split(' ');
            let publisher = key(words.next().unwrap());
            let (mut published, mut upstream) = (None, Vec::new());
            for word in words {
                match (word.strip_prefix("<<"), word.strip_prefix('<')) {
                    (Some(from), _) => upstream.push(Upstream { from: key(from), basis: Basis::Declared }),
                    (None, Some(from)) => upstream.push(Upstream { from: key(from), basis: Basis::Page }),
                    (None, None) => published = Some(word.parse().unwrap()),
                }
            }
            let known = |name: &str| if key(name) == publisher { Known::Page } else { Known::Stated };
            let by = chain.split(" > ").map(|name| link(name, known(name))).collect();
            Page { by, publisher, published, upstream }
        };
        let pages: Vec<Page> = pages.iter().map(read).collect();
        let accounts: Vec<Account> = pages
            .iter()
            .enumerate()
            .map(|(number, page)| Account {
                by: &page.by,
                source: SourceId(Digest::of(&[number as u8])),
                publisher: Some(&page.publisher),
                unpublished: false,
                published: page.published.as_ref(),
                upstream: &page.upstream,
                standing: true,
            })
            .collect();
        let resolved = resolve(&accounts);
        let shown = |path: &Vec<Step>| {
            let steps = path.iter().map(|step| format!("{}/{}", step.who, step.basis.name()));
            steps.collect::<Vec<_>>().join(" > ")
        };
        let circle = |circle: &Vec<EntityKey>| circle.iter().map(|key| key.0.clone()).collect::<Vec<_>>().join(" > ");
        (resolved.paths.iter().map(shown).collect(), resolved.circles.iter().map(circle).collect())
    }

    fn check(pages: &[&str], expected: &[&str], circles: &[&str]) {
        let found = ways(pages);
        assert_eq!(
            (found.0, found.1),
            (expected.iter().map(|s| s.to_string()).collect(), circles.iter().map(|s| s.to_string()).collect()),
            "{pages:?}"
        );
    }

    #[test]
    fn speakers_are_one_origin_wherever_quoted() {
        check(
            &["herald: mayor > herald", "gazette: mayor > gazette"],
            &["mayor/stated > herald/page", "mayor/stated > gazette/page"],
            &[],
        );
        check(
            &["herald: ~aides > herald", "herald: ~officials > herald"],
            &["anonymous:herald/stated > herald/page"; 2],
            &[],
        );
        check(&["herald: herald"], &["herald/page"], &[]);
    }

    #[test]
    fn pages_lead_back_to_what_they_repeat() {
        check(&["herald <reuters: herald"], &["reuters/page > herald/page"], &[]);
        check(&["herald <reuters <afp: herald"], &["herald/page"], &[]);
        check(&["herald <reuters <<gazette: herald"], &["gazette/declared > herald/page"], &[]);
        check(&["herald <<gazette: ~aides > herald"], &["anonymous:gazette/stated > herald/page"], &[]);
        check(&["herald <reuters: mayor > herald"], &["mayor/stated > herald/page"], &[]);
    }

    #[test]
    fn an_outlet_that_is_cited_is_followed_to_what_its_own_page_says() {
        let herald = "herald/page";
        check(
            &["herald: gazette > herald", "gazette: ~aides > gazette"],
            &["anonymous:gazette/stated > gazette/stated > herald/page", "anonymous:gazette/stated > gazette/page"],
            &[],
        );
        check(
            &["herald 2024-01-01: gazette > herald", "gazette 2024-01-02: mayor > gazette"],
            &[&format!("gazette/stated > {herald}"), "mayor/stated > gazette/page"],
            &[],
        );
        check(
            &["herald: gazette > herald", "gazette: mayor > gazette", "gazette: ~aides > gazette"],
            &[
                &format!("gazette/stated > {herald}"),
                "mayor/stated > gazette/page",
                "anonymous:gazette/stated > gazette/page",
            ],
            &[],
        );
    }

    #[test]
    fn circles_are_reported_and_count_once() {
        check(
            &["herald: gazette > herald", "gazette: herald > gazette", "courier: herald > courier"],
            &[
                "gazette/stated > herald/stated > gazette/stated > herald/page",
                "gazette/stated > herald/stated > gazette/page",
                "gazette/stated > herald/stated > courier/page",
            ],
            &["gazette > herald"],
        );
    }
}
