//! The embedded planner on an invented workshop: from words to plans.
//!
//! No server, tool or word of the demo is in it. What the planner does here it
//! does by English and by schemas.

mod shown;
mod workshop;

use std::collections::BTreeMap;

use concertmaster_plan::{CheckContext, Drafting, check, draft};
use shown::shown;
use workshop::router;

fn planned(query: &str) -> String {
    shown(&draft(query, &BTreeMap::new(), &router()))
}

#[test]
fn queries_become_plans() {
    let rows = [
        ("show job 12", "s1 bench.get_job(number=12)"),
        ("list docs", "s1 paper.list_folder(path=docs)"),
        ("jobs by ann that are open", "s1 bench.list_jobs(state=open, author=ann)"),
        ("annas jobs", "s1 bench.list_jobs(author=anna)"),
        ("merge-free words about nothing at all here: sing", "out of scope"),
        ("In #floor, say 'lunch'", "s1 talk.post_note(channel=floor, text=lunch)"),
        ("show job 12 and job 13", "s1 bench.get_job(number=12); s2 bench.get_job(number=13)"),
        (
            "jobs 12 and 13: the sketches",
            "s1 bench.list_job_sketches(number=12); s2 bench.list_job_sketches(number=13)",
        ),
        (
            "the sketches of the oldest open job",
            "s1 bench.list_jobs(state=open); s2 orc.sort(items<s1/jobs, path=/created_at, order=asc); \
             s3 bench.list_job_sketches(number<s2/0/number)",
        ),
        (
            "the sketches of every open job",
            "s1 bench.list_jobs(state=open); s2 each s1/jobs bench.list_job_sketches(number<item/number)",
        ),
        (
            "read the largest file in docs",
            "s1 paper.list_folder(path=docs); s2 orc.filter(items<s1/entries, path=/kind, cmp=eq, value=file); \
             s3 orc.sort(items<s2, path=/size, order=desc); s4 paper.read_file(path<s3/0/path)",
        ),
        (
            "save the sketches of job 12 as docs/12.txt",
            "s1 bench.list_job_sketches(number=12); s2 paper.write_file(path=docs/12.txt, content={{s1}})",
        ),
        (
            "if job 12 is done, post 'finished' in #floor",
            "s1 bench.get_job(number=12); s2 talk.post_note(channel=floor, text=finished) if s1/state eq \"done\"",
        ),
        (
            "job 12 done? then post 'yes' in #floor, if not post 'no' in #floor",
            "s1 bench.get_job(number=12); s2 talk.post_note(channel=floor, text=yes) if s1/state eq \"done\"; \
             s3 talk.post_note(channel=floor, text=no) if s1/state ne \"done\"",
        ),
        (
            "if job 12 is done and job 13 is open, post 'go' in #floor",
            "s1 bench.get_job(number=12); s2 bench.get_job(number=13) if s1/state eq \"done\"; \
             s3 talk.post_note(channel=floor, text=go) if s2/state eq \"open\"",
        ),
        ("if job 12 is done or open, post 'go' in #floor", "out of scope"),
        ("post 'hi' in #floor unless something nobody can tell is so", "out of scope"),
        (
            "take the title of job 12 and look for it in talk",
            "s1 bench.get_job(number=12); s2 talk.search_notes(query<s1/title)",
        ),
    ];
    for (query, expected) in rows {
        assert_eq!(planned(query), expected, "{query}");
    }
}

#[test]
fn what_is_not_said_is_asked_for() {
    let rows = [
        ("show the job", "bench.get_job lacks number"),
        ("post a note in #floor", "talk.post_note lacks text"),
        ("the sketches of the prettiest job", "bench.list_job_sketches lacks number"),
        ("find anything about varnish", "which of bench.find_jobs, paper.find_text, talk.search_notes"),
        ("scrap job 12 if the moon is full", "out of scope"),
    ];
    for (query, expected) in rows {
        assert_eq!(planned(query), expected, "{query}");
    }
}

/// What a result lists decides nothing that cannot be undone.
#[test]
fn nothing_is_destroyed_by_a_list() {
    assert_eq!(planned("scrap every open job"), "s1 bench.list_jobs(state=open) but not: scrap every open job");
    assert_eq!(planned("scrap job 12"), "s1 bench.scrap_job(number=12)");
}

/// Whatever is typed, a draft is a valid plan or none.
#[test]
fn every_draft_is_a_valid_plan() {
    let pieces = [
        "show job 12",
        "of each",
        "if it is done",
        "then",
        "the oldest open job",
        "post 'x' in #floor",
        "and",
        "they",
        "whoever opened job 13",
        "docs/a.txt",
        "?",
        ":",
        ", if not",
        "SELECT a FROM b",
        "İstanbul ﬁne ẞ",
        "1) 2)",
        "→",
        "how many jobs",
        "save it as",
        "'unclosed",
        "every file in docs",
        "is to be posted",
        "by ann",
        "123",
    ];
    let router = router();
    let context = CheckContext::of(router.catalog());
    let mut drafts = 0;
    for first in pieces {
        for second in pieces {
            let query = format!("{first} {second}");
            let Drafting::Draft { draft, .. } = draft(&query, &BTreeMap::new(), &router) else { continue };
            drafts += 1;
            if let Err(faults) = check(&draft, &context) {
                panic!("{query}: {faults:?}\n{draft:?}");
            }
        }
    }
    assert!(drafts > 100, "{drafts} drafts");
}
