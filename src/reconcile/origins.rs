//! The attribution graph of one question: whom each of its claims goes back to.
//!
//! A claim goes back to whoever stands first in its chain: a speaker with a name is one origin wherever quoted, people
//! without one are one origin for each outlet that talked to them. From there the graph is followed where it leads on:
//!
//! - a page that is declared to derive from others, or that credits agencies ("(Reuters)", "with AFP"), says in its own
//!   voice what those say;
//! - what a page says in its own voice, a headline say, goes back to the speakers to whom the same page gives it;
//! - an outlet that is cited ("the Journal reports") goes back to whomever its own pages on the same question go back
//!   to, where there are any and they are not younger than the page that cites it.
//!
//! Where that leads to several, one of them is the origin and nobody knows which: [`Origin::Either`], which never adds to
//! their number. Where outlets only cite each other, nobody is: [`Origin::Circle`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::domain::claim::{Attribution, EntityKey, Known, Qualifiers, Speaker};
use crate::domain::id::SourceId;
use crate::domain::origin::Origin;
use crate::domain::when::When;

/// Origins that one of several may name; beyond that the outlet stands for itself.
const MOST_MEMBERS: usize = 6;

/// A claim as the graph sees it.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    /// Its attribution chain; at least one link.
    pub by: &'a [Attribution],
    /// What it says, as far as that decides whether it may be what somebody else is cited for: the predicate, the stance,
    /// and words or dates; not the figure, which a headline rounds.
    pub says: String,
    /// What of; a claim that names no part may be of any.
    pub qualifiers: &'a Qualifiers,
    /// The page it stands on.
    pub source: SourceId,
    /// Who publishes that, where it is one entity on record.
    pub publisher: Option<&'a EntityKey>,
    /// True where nobody is said to publish it: then whoever stands alone in the chain speaks on a page of his own.
    pub unpublished: bool,
    /// When it was published.
    pub published: Option<&'a When>,
    /// What the page repeats.
    pub upstream: &'a Upstream,
    /// False for a retracted claim: nothing is followed through it.
    pub standing: bool,
}

impl Account<'_> {
    /// True where this may be what `other` is cited for.
    fn says_what(&self, other: &Account) -> bool {
        let (x, y) = (self.qualifiers, other.qualifiers);
        self.says == other.says && (x == y || x.is_empty() || y.is_empty())
    }

    fn is_anonymous(&self) -> bool {
        matches!(self.by.first().expect("a chain has a link").who, Speaker::Anonymous(_))
    }

    /// True where its first speaker says it on a page of his own.
    pub fn is_own_voice(&self) -> bool {
        match &self.by.first().expect("a chain has a link").who {
            Speaker::Entity(key) => self.is_own(key),
            Speaker::Anonymous(_) => false,
        }
    }

    fn is_own(&self, key: &EntityKey) -> bool {
        self.publisher == Some(key) || (self.unpublished && self.by.len() == 1)
    }
}

/// What a page repeats.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// What it is declared to derive from.
    pub declared: Vec<Parent>,
    /// The agencies that it credits.
    pub credited: Vec<EntityKey>,
}

/// What a page is declared to derive from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The outlet, the agency or the person whose report it is.
    pub of: EntityKey,
    /// The very page, where one was named.
    pub page: Option<SourceId>,
    /// How that is known.
    pub basis: Basis,
    /// What that page repeats in its turn.
    pub behind: Vec<Parent>,
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
    /// Its text stands for the most part in an earlier one.
    Text,
}

impl Basis {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Basis::Stated => "stated",
            Basis::Page => "page",
            Basis::Inferred => "inferred",
            Basis::Declared => "declared",
            Basis::Text => "text",
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

/// Resolves the claims of one question: for each the way from its origin to its page, at least one step.
///
/// Takes time linear in the claims, times the origins that they may go back to, times the length of their ways.
pub fn resolve(accounts: &[Account]) -> Vec<Vec<Step>> {
    let graph = Graph::of(accounts);
    (0..accounts.len()).map(|claim| graph.way(claim)).collect()
}

/// A step on from a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    next: Next,
    basis: Basis,
    /// It is people without a name who are cited: only they are followed, and not whom else the outlet quotes.
    anonymous: bool,
    /// Where to go on from a page that says nothing of it.
    behind: Vec<Edge>,
}

impl Edge {
    fn to(next: Next, basis: Basis) -> Edge {
        Edge { next, basis, anonymous: false, behind: Vec::new() }
    }

    fn to_parent(parent: &Parent) -> Edge {
        let next = match parent.page {
            Some(page) => Next::Page(page, parent.of.clone()),
            None => Next::Outlet(parent.of.clone()),
        };
        let behind = parent.behind.iter().map(Edge::to_parent).collect();
        Edge { behind, ..Edge::to(next, parent.basis) }
    }

    fn of_nobody_named(self) -> Edge {
        let behind = self.behind.into_iter().map(Edge::of_nobody_named).collect();
        Edge { anonymous: true, behind, ..self }
    }
}

/// Where a claim leads on to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// Nowhere: this is its origin.
    Origin(Origin),
    /// To what an outlet says on its own pages.
    Outlet(EntityKey),
    /// To what one page says, of that outlet.
    Page(SourceId, EntityKey),
}

struct Graph<'a> {
    accounts: &'a [Account<'a>],
    /// Where each claim leads on to.
    edges: Vec<Vec<Edge>>,
    /// The standing claims on the pages of an outlet, and on one page.
    claims_at: BTreeMap<Next, Vec<usize>>,
    /// The origins that each claim may go back to; none where it leads into a circle only.
    origins: Vec<BTreeSet<Origin>>,
    /// The circles that those without an origin lead into, by claim.
    circles: BTreeMap<usize, BTreeSet<EntityKey>>,
}

impl<'a> Graph<'a> {
    fn of(accounts: &'a [Account<'a>]) -> Graph<'a> {
        let mut claims_at: BTreeMap<Next, Vec<usize>> = BTreeMap::new();
        let mut quoting: BTreeMap<SourceId, Vec<usize>> = BTreeMap::new();
        for (claim, account) in accounts.iter().enumerate().filter(|(_, account)| account.standing) {
            if let Some(publisher) = account.publisher {
                claims_at.entry(Next::Outlet(publisher.clone())).or_default().push(claim);
                claims_at.entry(Next::Page(account.source, publisher.clone())).or_default().push(claim);
            }
            if !account.is_own_voice() {
                quoting.entry(account.source).or_default().push(claim);
            }
        }
        let mut edges: Vec<Vec<Edge>> = accounts.iter().map(edges).collect();
        // What a page says in its own voice it has from whom it quotes for it.
        for (claim, account) in accounts.iter().enumerate().filter(|(_, account)| account.is_own_voice()) {
            let alone = matches!(edges[claim].as_slice(), [Edge { next: Next::Origin(Origin::Named(_)), .. }]);
            let quoted = quoting.get(&account.source).into_iter().flatten();
            let quoted = quoted.filter(|&&other| alone && accounts[other].says_what(account));
            let quoted: BTreeSet<Edge> = quoted
                .flat_map(|&other| edges[other].clone())
                .map(|edge| Edge { basis: Basis::Page, ..edge })
                .collect();
            if !quoted.is_empty() {
                edges[claim] = quoted.into_iter().collect();
            }
        }
        let origins = vec![BTreeSet::new(); accounts.len()];
        let mut graph = Graph { accounts, edges, claims_at, origins, circles: BTreeMap::new() };
        graph.cut_what_is_younger();
        graph.propagate();
        graph.find_circles();
        graph
    }

    /// Whoever is cited, but says nothing on a page that was there by then, is the origin himself.
    fn cut_what_is_younger(&mut self) {
        for claim in 0..self.edges.len() {
            let edges = std::mem::take(&mut self.edges[claim]);
            self.edges[claim] = edges.into_iter().flat_map(|edge| self.settled(claim, edge)).collect();
        }
    }

    /// An edge to where something is said; else to what is behind it, to the outlet, or to whom it ends with.
    fn settled(&self, claim: usize, edge: Edge) -> Vec<Edge> {
        let (Next::Outlet(key) | Next::Page(_, key)) = &edge.next else { return vec![edge] };
        if self.led_to(claim, &edge).next().is_some() {
            return vec![edge];
        }
        if !edge.behind.is_empty() {
            return edge.behind.into_iter().flat_map(|edge| self.settled(claim, edge)).collect();
        }
        // A page that says nothing of it may still be that of an outlet that does.
        let outlet = Edge { next: Next::Outlet(key.clone()), ..edge.clone() };
        if self.led_to(claim, &outlet).next().is_some() {
            return vec![outlet];
        }
        let origin = if edge.anonymous { Origin::Anonymous(key.clone()) } else { Origin::Named(key.clone()) };
        vec![Edge { next: Next::Origin(origin), ..edge }]
    }

    /// The claims that an edge of a claim leads to, but for itself.
    fn led_to(&self, claim: usize, edge: &Edge) -> impl Iterator<Item = usize> {
        let citing = &self.accounts[claim];
        let anonymous = edge.anonymous;
        let meant = move |other: &usize| {
            let account = &self.accounts[*other];
            let was_there = account.published.zip(citing.published).is_none_or(|(own, citing)| !citing.is_before(own));
            *other != claim && was_there && account.says_what(citing) && (!anonymous || account.is_anonymous())
        };
        self.claims_at.get(&edge.next).into_iter().flatten().copied().filter(meant)
    }

    /// Hands every origin on to all claims that lead to it, each to each once.
    fn propagate(&mut self) {
        let mut led_from: Vec<Vec<usize>> = vec![Vec::new(); self.edges.len()];
        let mut open: VecDeque<(usize, Origin)> = VecDeque::new();
        for claim in 0..self.edges.len() {
            for edge in &self.edges[claim] {
                match &edge.next {
                    Next::Origin(origin) => open.push_back((claim, origin.clone())),
                    _ => self.led_to(claim, edge).for_each(|other| led_from[other].push(claim)),
                }
            }
        }
        while let Some((claim, origin)) = open.pop_front() {
            // One more than are named says that there are too many.
            if self.origins[claim].len() <= MOST_MEMBERS && self.origins[claim].insert(origin.clone()) {
                open.extend(led_from[claim].iter().map(|&from| (from, origin.clone())));
            }
        }
    }

    /// Who is in the circles that claims without an origin lead into. A circle is a strongly connected component that
    /// leads nowhere else, so that it is the same one wherever it is entered and in whatever order claims were logged.
    fn find_circles(&mut self) {
        let mut lost: DiGraph<usize, ()> = DiGraph::new();
        let claims = (0..self.edges.len()).filter(|claim| self.origins[*claim].is_empty());
        let nodes: BTreeMap<usize, NodeIndex> = claims.map(|claim| (claim, lost.add_node(claim))).collect();
        for (&claim, &node) in &nodes {
            for edge in &self.edges[claim] {
                for other in self.led_to(claim, edge) {
                    lost.add_edge(node, nodes[&other], ());
                }
            }
        }
        // What a component leads to comes before it.
        for component in kosaraju_scc(&lost) {
            let mut circle: BTreeSet<EntityKey> = BTreeSet::new();
            for other in component.iter().flat_map(|node| lost.neighbors(*node)) {
                circle.extend(self.circles.get(&lost[other]).into_iter().flatten().cloned());
            }
            if circle.is_empty() {
                let cited = component.iter().flat_map(|node| &self.edges[lost[*node]]);
                circle.extend(cited.filter_map(|edge| match &edge.next {
                    Next::Outlet(key) | Next::Page(_, key) => Some(key.clone()),
                    Next::Origin(_) => None,
                }));
            }
            self.circles.extend(component.iter().map(|node| (lost[*node], circle.clone())));
        }
    }

    /// Whom a claim goes back to.
    fn origin(&self, claim: usize) -> Origin {
        let mut origins = self.origins[claim].iter().cloned();
        match (origins.len(), origins.next()) {
            (1, Some(origin)) => origin,
            (2..=MOST_MEMBERS, Some(first)) => Origin::Either(std::iter::once(first).chain(origins).collect()),
            (0, _) => Origin::Circle(self.circles.get(&claim).into_iter().flatten().cloned().collect()),
            // Too many to name: whoever is cited stands for them.
            _ => match &self.accounts[claim].by[0].who {
                Speaker::Entity(key) => Origin::Named(key.clone()),
                Speaker::Anonymous(_) => Origin::Unnamed(self.accounts[claim].source),
            },
        }
    }

    /// The way from a claim's origin to its page.
    fn way(&self, claim: usize) -> Vec<Step> {
        let origin = self.origin(claim);
        // From the page back to the origin; turned round at the end.
        let mut back: Vec<Step> = Vec::new();
        let mut put = |who: Origin, basis: Basis| {
            if back.last().is_none_or(|last: &Step| last.who != who) {
                back.push(Step { who, basis });
            }
        };
        let mut walked = BTreeSet::new();
        let mut at = Some(claim);
        while let Some(claim) = at.filter(|claim| walked.insert(*claim)) {
            let account = &self.accounts[claim];
            if let Some(publisher) = account.publisher {
                put(Origin::Named(publisher.clone()), Basis::Page);
            }
            for link in account.by.iter().skip(1).rev() {
                if let Some(key) = named(link) {
                    put(Origin::Named(key.clone()), link.known.into());
                }
            }
            at = None;
            for edge in &self.edges[claim] {
                match &edge.next {
                    Next::Origin(known) if *known == origin => put(known.clone(), edge.basis),
                    Next::Origin(_) => continue,
                    // Round and round: the circle itself is told as the origin.
                    _ if matches!(origin, Origin::Circle(_)) => continue,
                    Next::Outlet(key) | Next::Page(_, key) => {
                        let leads = |other: &usize| !walked.contains(other) && self.origin(*other) == origin;
                        let begins = |other: &usize| {
                            let ends = |edge: &Edge| matches!(&edge.next, Next::Origin(known) if *known == origin);
                            self.edges[*other].iter().any(ends)
                        };
                        // The shortest way: to where the origin is heard, else on.
                        let ways = self.led_to(claim, edge).filter(leads);
                        let Some(other) = ways.min_by_key(|other| !begins(other)) else { continue };
                        put(Origin::Named(key.clone()), edge.basis);
                        at = Some(other);
                    }
                }
                break;
            }
        }
        if back.last().is_none_or(|last| last.who != origin) {
            let basis = self.edges[claim].first().map_or(Basis::Inferred, |edge| edge.basis);
            back.push(Step { who: origin, basis });
        }
        back.reverse();
        back
    }
}

/// Where a claim leads on to by its own chain and page.
fn edges(account: &Account) -> Vec<Edge> {
    let link = account.by.first().expect("a chain has a link");
    match &link.who {
        Speaker::Entity(key) if account.is_own(key) => match upstream(account, key, link.known) {
            upstream if upstream.is_empty() => {
                vec![Edge::to(Next::Origin(Origin::Named(key.clone())), link.known.into())]
            }
            upstream => upstream,
        },
        Speaker::Entity(key) => vec![Edge::to(Next::Outlet(key.clone()), link.known.into())],
        Speaker::Anonymous(_) => {
            let outlet = account.by.iter().find_map(|link| Some((named(link)?, link.known)));
            let Some((outlet, known)) = outlet else {
                return vec![Edge::to(Next::Origin(Origin::Unnamed(account.source)), link.known.into())];
            };
            // Whoever repeats another page has talked to nobody himself.
            let repeated = if account.is_own(outlet) { upstream(account, outlet, known) } else { Vec::new() };
            match () {
                _ if !repeated.is_empty() => repeated.into_iter().map(Edge::of_nobody_named).collect(),
                _ if account.is_own(outlet) => {
                    vec![Edge::to(Next::Origin(Origin::Anonymous(outlet.clone())), link.known.into())]
                }
                _ => vec![Edge::to(Next::Outlet(outlet.clone()), link.known.into()).of_nobody_named()],
            }
        }
    }
}

/// What a page repeats in the voice of its publisher: what it is declared to derive from, else what it credits. A credit
/// says nothing of a claim that its sentence gives to the page itself.
fn upstream(account: &Account, voice: &EntityKey, known: Known) -> Vec<Edge> {
    if account.publisher != Some(voice) {
        return Vec::new();
    }
    let declared = account.upstream.declared.iter().map(Edge::to_parent);
    let credited = account.upstream.credited.iter();
    let credited = credited.map(|key| Edge::to(Next::Outlet(key.clone()), Basis::Page));
    let declared: Vec<Edge> = declared.collect();
    if declared.is_empty() && known == Known::Page { credited.collect() } else { declared }
}

fn named(link: &Attribution) -> Option<&EntityKey> {
    match &link.who {
        Speaker::Entity(key) => Some(key),
        Speaker::Anonymous(_) => None,
    }
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

    /// A page as `PUBLISHER[ DATE][ #PAGE][ <credit][ <<declared][ <<#PAGE]: speaker > …[ | what it says]`, and the way
    /// that comes of it.
    fn ways(pages: &[&str]) -> Vec<String> {
        struct Page {
            by: Vec<Attribution>,
            says: String,
            source: SourceId,
            publisher: EntityKey,
            published: Option<When>,
            upstream: Upstream,
        }
        let id = |name: &str| SourceId(Digest::of(name.as_bytes()));
        let publishers: BTreeMap<&str, EntityKey> = pages
            .iter()
            .filter_map(|page| {
                let (head, _) = page.split_once(": ")?;
                Some((head.split(' ').find_map(|word| word.strip_prefix('#'))?, key(head.split(' ').next()?)))
            })
            .collect();
        let read = |(number, page): (usize, &&str)| {
            let (head, said) = page.split_once(": ").unwrap();
            let (chain, says) = said.split_once(" | ").unwrap_or((said, "so"));
            let mut words = head.split(' ');
            let publisher = key(words.next().unwrap());
            let (mut published, mut upstream) = (None, Upstream::default());
            let mut source = id(&number.to_string());
            for word in words {
                if let Some(page) = word.strip_prefix("<<#") {
                    upstream.declared.push(Parent {
                        of: publishers[page].clone(),
                        page: Some(id(page)),
                        basis: Basis::Declared,
                        behind: Vec::new(),
                    });
                } else if let Some(from) = word.strip_prefix("<<") {
                    upstream.declared.push(Parent {
                        of: key(from),
                        page: None,
                        basis: Basis::Declared,
                        behind: Vec::new(),
                    });
                } else if let Some(from) = word.strip_prefix('<') {
                    upstream.credited.push(key(from));
                } else if let Some(page) = word.strip_prefix('#') {
                    source = id(page);
                } else {
                    published = Some(word.parse().unwrap());
                }
            }
            let known = |name: &str| if key(name) == publisher { Known::Page } else { Known::Stated };
            let by = chain.split(" > ").map(|name| link(name, known(name))).collect();
            Page { by, says: says.to_string(), source, publisher, published, upstream }
        };
        let pages: Vec<Page> = pages.iter().enumerate().map(read).collect();
        let none = Qualifiers::new();
        let mut accounts = Vec::new();
        for Page { by, says, source, publisher, published, upstream } in &pages {
            accounts.push(Account {
                by,
                says: says.clone(),
                qualifiers: &none,
                source: *source,
                publisher: Some(publisher),
                unpublished: false,
                published: published.as_ref(),
                upstream,
                standing: true,
            });
        }
        let shown = |way: Vec<Step>| {
            let steps = way.iter().map(|step| format!("{}/{}", step.who, step.basis.name()));
            steps.collect::<Vec<_>>().join(" > ")
        };
        resolve(&accounts).into_iter().map(shown).collect()
    }

    fn check(pages: &[&str], expected: &[&str]) {
        assert_eq!(ways(pages), expected, "{pages:?}");
    }

    #[test]
    fn speakers_are_one_origin_wherever_quoted() {
        let quoted = ["mayor/stated > herald/page", "mayor/stated > gazette/page"];
        check(&["herald: mayor > herald", "gazette: mayor > gazette"], &quoted);
        let aides = "anonymous:herald/stated > herald/page";
        check(&["herald: ~aides > herald", "herald: ~officials > herald"], &[aides, aides]);
        check(&["herald: herald"], &["herald/page"]);
    }

    #[test]
    fn pages_lead_back_to_what_they_repeat() {
        check(&["herald <reuters: herald"], &["reuters/page > herald/page"]);
        check(&["herald <reuters <afp: herald"], &["either:afp+reuters/page > herald/page"]);
        check(&["herald <reuters <<gazette: herald"], &["gazette/declared > herald/page"]);
        check(&["herald <<gazette <<star: herald"], &["either:gazette+star/declared > herald/page"]);
        check(&["herald <<gazette: ~aides > herald"], &["anonymous:gazette/declared > herald/page"]);
        let aides = "anonymous:reuters/stated > reuters";
        check(
            &["reuters #r: ~aides > reuters", "gazette #g <<#r: ~aides > gazette", "herald <<#g: ~aides > herald"],
            &[
                &format!("{aides}/page"),
                &format!("{aides}/declared > gazette/page"),
                &format!("{aides}/declared > gazette/declared > herald/page"),
            ],
        );
        check(&["herald <reuters: mayor > herald"], &["mayor/stated > herald/page"]);
        // The very page that was named, whatever else its outlet says.
        check(
            &["herald <<#one: herald", "gazette #one: mayor > gazette", "gazette #two: ~aides > gazette"],
            &[
                "mayor/stated > gazette/declared > herald/page",
                "mayor/stated > gazette/page",
                "anonymous:gazette/stated > gazette/page",
            ],
        );
    }

    #[test]
    fn a_page_has_it_from_whom_it_quotes_for_it() {
        let mayor = "mayor/stated > herald/page";
        check(&["herald #a: herald", "herald #a: mayor > herald"], &["mayor/page > herald/page", mayor]);
        check(&["herald #a: herald", "herald #b: mayor > herald"], &["herald/page", mayor]);
        check(&["herald #a: herald | not so", "herald #a: mayor > herald | so"], &["herald/page", mayor]);
        check(
            &["herald #a: herald", "herald #a: mayor > herald", "herald #a: fire > herald", "star: herald > star"],
            &[
                "either:fire+mayor/page > herald/page",
                mayor,
                "fire/stated > herald/page",
                "either:fire+mayor/stated > herald/stated > star/page",
            ],
        );
    }

    #[test]
    fn an_outlet_that_is_cited_is_followed_to_what_its_own_page_says() {
        check(
            &["herald: gazette > herald", "gazette: ~aides > gazette"],
            &["anonymous:gazette/stated > gazette/stated > herald/page", "anonymous:gazette/stated > gazette/page"],
        );
        check(
            &["herald 2024-01-01: gazette > herald", "gazette 2024-01-02: mayor > gazette"],
            &["gazette/stated > herald/page", "mayor/stated > gazette/page"],
        );
        check(
            &["herald: gazette > herald", "gazette: mayor > gazette", "gazette: gazette"],
            &["either:gazette+mayor/stated > herald/page", "mayor/stated > gazette/page", "gazette/page"],
        );
    }

    #[test]
    fn an_outlet_is_not_followed_for_what_it_says_otherwise() {
        check(
            &["gazette: mayor > gazette | not so", "herald: gazette > herald | so"],
            &["mayor/stated > gazette/page", "gazette/stated > herald/page"],
        );
        check(
            &["gazette: mayor > gazette", "herald: ~aides > gazette > herald"],
            &["mayor/stated > gazette/page", "anonymous:gazette/stated > gazette/stated > herald/page"],
        );
    }

    #[test]
    fn circles_are_nobody() {
        check(
            &["herald: gazette > herald", "gazette: herald > gazette", "courier: herald > courier"],
            &[
                "circle:gazette+herald/stated > herald/page",
                "circle:gazette+herald/stated > gazette/page",
                "circle:gazette+herald/stated > courier/page",
            ],
        );
        // Who leads into it, and where it is entered, makes no other circle of it.
        let nobody = "circle:gazette+herald";
        check(
            &["gazette #a <<#c: gazette", "herald #b: gazette > herald", "gazette #c <<#b: gazette > gazette"],
            &[
                &format!("{nobody}/declared > gazette/page"),
                &format!("{nobody}/stated > herald/page"),
                &format!("{nobody}/declared > gazette/page"),
            ],
        );
        // Where one of them has it from somebody else too, it is his.
        check(
            &["herald: gazette > herald", "gazette: herald > gazette", "gazette: mayor > gazette"],
            &[
                "mayor/stated > gazette/stated > herald/page",
                "mayor/stated > gazette/stated > herald/stated > gazette/page",
                "mayor/stated > gazette/page",
            ],
        );
    }

    #[test]
    fn long_ways_and_many_speakers_end() {
        let chain: Vec<String> = (0..500).map(|n| format!("p{n}: p{} > p{n}", n + 1)).collect();
        let ways_of_chain = ways(&chain.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(ways_of_chain[0].starts_with("p500/stated > p499/stated"), "{}", ways_of_chain[0]);
        let crowd: Vec<String> = (0..20).map(|n| format!("herald: s{n} > herald")).collect();
        let mut crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
        crowd.push("star: herald > star");
        assert_eq!(ways(&crowd)[20], "herald/stated > star/page");
    }
}
