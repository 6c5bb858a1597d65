//! The module inside applications that are careless or hostile: it neither crashes nor hangs, and leaves nothing behind.
//!
//! The hosts are Python's ctypes, in `tests/ctypes/hostile`: a process of its own each, that calls the C functions and does to
//! itself what a test's own process could not bear.

#![forbid(unsafe_code)]

mod agent_gone;

use std::path::Path;

use tests::{Chain, Partition, Run, Token};

/// Prepares one of the scripts, to do what `way` names.
fn host(token: &Token, script: &str, way: &str) -> Run {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ctypes/hostile");
    let run = token.client("python3").arg("-B");
    let run = run.arg(folder.join(script)).arg(way).arg(&token.module);
    run.arg(&token.label).arg(&token.pin)
}

/// Runs a host to its end, which it must reach by itself; agent and HSM go on, and forget what the host had.
fn check(script: &str, way: &str) {
    let mut chain = Chain::start();
    let token = chain.token(Partition::Compat);
    let ended = host(&token, script, way).succeed();
    assert!(ended.bytes().ends_with(b"fine\n"), "{ended}");
    assert!(chain.agent().runs() && chain.hsmd().runs());
    token.pkcs11_tool_as_user().arg("--list-objects").succeed();
}

/// Makes a test of each row.
macro_rules! hosts {
    ($($script:ident { $($name:ident = $way:literal;)* })*) => {$($(
        #[test]
        fn $name() {
            check(concat!(stringify!($script), ".py"), $way);
        }
    )*)*};
}

hosts! {
    threads {
        sixty_four_threads_with_sessions_of_their_own_get_their_own_answers = "many_sessions";
        sixty_four_threads_that_share_sessions_get_codes_and_no_answer_of_another = "few_sessions";
        threads_that_close_the_sessions_of_others_get_documented_codes = "racing_sessions";
    }
    forks {
        a_child_begins_anew_and_has_nothing_of_its_parents = "fork_after_initialise";
        a_child_may_initialise_before_its_parent_does = "fork_before_initialise";
        a_fork_under_the_calls_of_other_threads_is_survived = "fork_while_threads_call";
        a_program_that_a_host_starts_inherits_no_file = "programs_inherit_nothing";
    }
    ends {
        initialising_and_finalising_twice_is_refused_and_harmless = "twice";
        finalising_ends_calls_of_other_threads_and_leaves_no_thread = "finalise_during_calls";
        loading_and_unloading_a_hundred_times_leaves_nothing = "reload";
        unloading_without_finalising_is_survived = "unload_without_finalise";
        a_process_may_exit_under_its_calls_and_call_on_its_way_out = "exit_without_finalise";
        a_process_may_exit_with_sessions_open = "exit_without_anything";
        locks_of_the_application_are_never_called = "mutex_callbacks";
    }
    crowds {
        one_search_gives_as_many_objects_as_a_client_asks_for = "one_search";
        a_pool_of_a_thousand_sessions_stands_behind_one_login = "pool_of_sessions";
    }
    descriptors {
        the_connection_never_takes_the_place_of_a_standard_stream = "standard_streams_closed";
        a_full_table_of_files_is_said_by_a_code_and_mends = "full_table";
    }
    signals {
        interrupted_system_calls_are_not_noticed = "storm";
    }
}
