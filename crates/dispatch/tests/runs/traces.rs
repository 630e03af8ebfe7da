//! What the scheduler does with plans, facts and limits.

use dispatch::{Limits, Scheduler};

use crate::catalogue::catalogue;
use crate::notation::plan;
use crate::transcript::{check, check_with, fact};

#[test]
fn independent_steps_go_at_once_and_dependent_ones_when_their_inputs_are_there() {
    check(
        "s1: a.read x=1
         s2: b.read x=2
         s3: c.read x=@s1 y=@s2",
        "start    | +s1 >s1[0] +s2 >s2[0]
         s2 = 20  | s2:ok
         s1 = 10  | s1:ok +s3 >s3[0]
         s3 = 30  | s3:ok .",
    );
}

#[test]
fn what_reads_from_a_step_that_yielded_nothing_is_skipped_and_the_rest_goes_on() {
    check(
        "s1: a.read x=1
         s2: b.read x=@s1
         s3: c.read x=@s2
         s4: c.read x=4",
        "start   | +s1 >s1[0] +s4 >s4[0]
         s1 !    | s1:failed(broken) s2:skipped(s1) s3:skipped(s2)
         s4 #    | s4:tool_error .",
    );
}

#[test]
fn guards_choose_between_branches_that_first_joins_again() {
    let plan = "s1: a.read x=1
                s2: b.read x=2 when s1 ok
                s3: c.read x=3 when s1 failed
                s4: orc.first a=@s2 b=@s3";
    check(
        plan,
        "start  | +s1 >s1[0]
         s1 = 1 | s1:ok s3:skipped(guard) +s2 >s2[0]
         s2 = 2 | s2:ok +s4 s4:ok .",
    );
    check(
        plan,
        "start  | +s1 >s1[0]
         s1 !   | s1:failed(broken) s2:skipped(guard) +s3 >s3[0]
         s3 = 3 | s3:ok +s4 s4:ok .",
    );
}

#[test]
fn a_guard_that_compares_a_value_needs_one() {
    for (guard, ended) in [
        ("eq 1", "s2:skipped(s1)"),
        ("ne 1", "s2:skipped(s1)"),
        ("exists", "s2:skipped(guard)"),
        ("ok", "s2:skipped(guard)"),
    ] {
        check(
            &format!("s1: a.read x=1\ns2: b.read x=2 when s1/n {guard}"),
            &format!("start | +s1 >s1[0]\n s1 ! | s1:failed(broken) {ended} ."),
        );
    }
    for (guard, goes) in [("eq 1", true), ("ne 1", false), ("gt 0", true), ("exists", true), ("empty", false)] {
        let answer = if goes { "s1:ok +s2 >s2[0]" } else { "s1:ok s2:skipped(guard) ." };
        check(
            &format!("s1: a.read x=1\ns2: b.read x=2 when s1/n {guard}"),
            &format!("start | +s1 >s1[0]\n s1 = {{\"n\":1}} | {answer}"),
        );
    }
}

#[test]
fn an_each_keeps_what_it_got_and_says_what_is_missing() {
    check(
        "s1: a.read x=1
         s2: each b.read over s1 limit 3 x=%id
         s3: orc.count items=@s2/*/value",
        r#"start     | +s1 >s1[0]
           s1 = [{"id":1},{"no":2},{"id":3},{"id":4},{"id":5}] | s1:ok +s2 >s2[0] >s2[2]
           s2[2] #   | s2 2/3
           s2[0] = 7 | s2 3/3 s2:ok-2+2 +s3 s3:ok ."#,
    );
}

#[test]
fn an_each_without_items_or_without_any_success_says_so() {
    let plan = "s1: a.read x=1
                s2: each b.add over s1 x=%id";
    check(plan, "start | +s1 >s1[0]\n s1 = [] | s1:ok s2:ok .");
    check(plan, "start | +s1 >s1[0]\n s1 = 5 | s1:ok s2:failed(binding_failed) .");
    check(plan, "start | +s1 >s1[0]\n s1 = [{},{}] | s1:ok s2:failed(binding_failed) .");
    check(
        plan,
        r#"start      | +s1 >s1[0]
           s1 = [{"id":1},{"id":2},{"id":3}] | s1:ok judge s2
           s2 judged  | +s2 >s2[0] >s2[1] >s2[2]
           s2[1] #    | s2 1/3
           s2[0] ~    | s2 2/3
           s2[2] !    | s2 3/3 s2:indeterminate(broken) ."#,
    );
}

#[test]
fn an_each_that_changes_something_asks_for_all_of_it_before_any_of_it_leaves() {
    check(
        "s1: a.read x=1
         s2: each b.add over s1 x=%id
         s3: c.read x=3 when s2 failed
         s4: c.read x=4 after s2",
        r#"start              | +s1 >s1[0]
           s1 = [{"id":1},{"id":2},{"id":3}] | s1:ok judge s2
           s2 judged ask 0 2  | s2:needs_input(2) s3:skipped(s2) s4:skipped(s2) ."#,
    );
}

#[test]
fn an_each_asks_again_only_if_nothing_of_it_would_happen_twice() {
    let run = |tool: &str, judged: &str, ended: &str| {
        check(
            &format!("s1: a.read x=1\n s2: each b.{tool} over s1 x=%id"),
            &format!(
                r#"start | +s1 >s1[0]
                   s1 = [{{"id":1}},{{"id":2}}] | s1:ok {judged} +s2 >s2[0] >s2[1]
                   s2[0] = 1 | s2 1/2
                   s2[1] ?   | s2 2/2 {ended} ."#
            ),
        );
    };
    run("read", "", "s2:needs_input");
    run("put", "judge s2\n s2 judged |", "s2:needs_input");
    run("add", "judge s2\n s2 judged |", "s2:ok-1");
}

#[test]
fn a_side_effect_follows_only_what_was_done_in_full() {
    let order = |told: &str, ended: &str, then: &str| {
        check(
            "s1: a.add x=1
             s2: b.add x=2 after s1
             s3: c.read x=3 after s1
             s4: b.drop x=4 after s2",
            &format!("start | +s1 >s1[0]\n s1 {told} | {ended} {then}"),
        );
    };
    order("= 1", "s1:ok", "+s2 >s2[0] +s3 >s3[0]");
    order("!", "s1:failed(broken)", "s2:skipped(s1) s4:skipped(s2) +s3 >s3[0]");
    order("~", "s1:indeterminate(broken)", "s2:skipped(s1) s4:skipped(s2) +s3 >s3[0]");
    order("#", "s1:tool_error", "s2:skipped(s1) s4:skipped(s2) +s3 >s3[0]");
    order("?", "s1:needs_input", "s2:skipped(s1) s3:skipped(s1) s4:skipped(s2) .");
}

#[test]
fn a_side_effect_may_follow_what_a_guard_left_out_but_not_half_an_each() {
    check(
        "s1: a.read x=1
         s2: a.add x=2 when s1 eq 2
         s3: b.add x=@s2 after s2
         s4: b.add x=4 after s2,s3",
        "start  | +s1 >s1[0]
         s1 = 1 | s1:ok s2:skipped(guard) s3:skipped(s2) +s4 >s4[0]
         s4 = 4 | s4:ok .",
    );
    check(
        "s1: a.read x=1
         s2: each a.add over s1 x=%
         s3: b.add x=3 after s2
         s4: b.drop x=4 after s3",
        "start     | +s1 >s1[0]
         s1 = [1,2] | s1:ok judge s2
         s2 judged | +s2 >s2[0] >s2[1]
         s2[0] = 1 | s2 1/2
         s2[1] !   | s2 2/2 s2:ok-1 s3:skipped(s2) s4:skipped(s3) .",
    );
}

#[test]
fn turns_are_fair_between_steps_that_share_a_server() {
    let mut limits = Limits::default();
    limits.per_server.concurrency = 2;
    check_with(
        "s1: c.read x=1
         s2: each a.read over s1 x=%
         s3: a.read x=@s1
         s4: a.read x=@s1
         s5: b.read x=@s1",
        &limits,
        None,
        "start          | +s1 >s1[0]
         s1 = [1,2,3,4] | s1:ok +s2 >s2[0] +s3 >s3[0] +s5 >s5[0]
         s3 = 3         | s3:ok +s4 >s4[0]
         s2[0] = 1      | s2 1/4 >s2[1]
         s4 = 4         | s4:ok >s2[2]
         s5 = 5         | s5:ok
         s2[2] = 3      | s2 2/4 >s2[3]
         s2[1] = 2      | s2 3/4
         s2[3] = 4      | s2 4/4 s2:ok .",
    );
}

#[test]
fn limits_hold_in_all_and_for_one_each() {
    let limits = Limits { total: 3, each_parallel: 2, ..Limits::default() };
    check_with(
        "s1: c.read x=1
         s2: each a.read over s1 x=%
         s3: b.read x=@s1
         s4: sub why tools a.read after s1
         s5: c.read x=@s1",
        &limits,
        None,
        "start        | +s1 >s1[0]
         s1 = [1,2,3] | s1:ok +s2 >s2[0] +s3 >s3[0] +s4 ask s4
         s3 = 3       | s3:ok +s5 >s5[0]
         s5 = 5       | s5:ok >s2[1]
         s2[1] = 2    | s2 1/3 >s2[2]
         sub s4 = 4   | s4:ok
         s2[0] = 1    | s2 2/3
         s2[2] = 3    | s2 3/3 s2:ok .",
    );
}

#[test]
fn at_the_deadline_nothing_more_starts_and_what_is_there_stays() {
    let plan = "s1: a.read x=1
                s2: each b.read over s1 x=%
                s3: c.read x=@s2
                s4: c.drop x=4
                s5: each b.add over s1 x=%
                s6: sub why tools a.read after s1";
    let limits = Limits { each_parallel: 2, ..Limits::default() };
    check_with(
        plan,
        &limits,
        None,
        "start        | +s1 >s1[0] +s4 >s4[0]
         s1 = [1,2,3] | s1:ok judge s5 +s2 >s2[0] +s6 ask s6 >s2[1]
         s2[1] = 2    | s2 1/3 >s2[2]
         expire       | x s2[0] x s2[2] s3:failed(timed_out) x s4[0] s5:failed(timed_out) x s6
         s5 judged    |
         cancel       |
         s2[0] !      | s2 2/3
         s2[0] = 1    |
         s4 ~         | s4:indeterminate(broken)
         s2[2] !      | s2 3/3 s2:ok-2
         sub s6 !     | s6:failed(broken) .
         expire       |",
    );
    check_with(
        plan,
        &limits,
        None,
        "cancel | s1:failed(cancelled) s2:failed(cancelled) s3:failed(cancelled) s4:failed(cancelled) s5:failed(cancelled) s6:failed(cancelled) .",
    );
}

#[test]
fn a_resumed_run_runs_only_what_waited_for_a_human() {
    let lines = "s1: a.read x=1
                 s2: b.drop x=@s1
                 s3: c.read x=@s2
                 s4: c.read x=4
                 s5: c.read x=@s4";
    let catalogue = catalogue();
    let plan = plan(lines, &catalogue);
    let limits = Limits::default();
    let mut first = Scheduler::new(&plan, &limits, None);
    first.start();
    for told in ["s1 = 1", "s4 !", "s2 ?"] {
        first.on(fact(told, &[]));
    }
    assert!(first.seen().all_ended());
    check_with(
        lines,
        &limits,
        Some(&first.into_seen()),
        "start  | +s2 >s2[0]
         s2 = 2 | s2:ok +s3 >s3[0]
         s3 = 3 | s3:ok .",
    );
}

#[test]
fn a_plan_that_has_ended_already_finishes_at_once() {
    let catalogue = catalogue();
    let lines = "s1: a.read x=1";
    let plan = plan(lines, &catalogue);
    let limits = Limits::default();
    let mut first = Scheduler::new(&plan, &limits, None);
    first.start();
    first.on(fact("s1 = 1", &[]));
    check_with(lines, &limits, Some(&first.into_seen()), "start | .");
}

#[test]
fn a_computation_that_cannot_be_done_fails_alone() {
    check(
        "s1: a.read x=1
         s2: orc.count items=@s1
         s3: b.read x=3",
        "start  | +s1 >s1[0] +s3 >s3[0]
         s1 = 1 | s1:ok +s2 s2:failed(operator_argument_type)
         s3 = 1 | s3:ok .",
    );
}
