//! A desk to work at: a folder of its own, which is also the home, a cleared environment, and the `onrecord` of this
//! build. What a command prints is shown as a person would see it, with what differs from run to run put in words.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder to run commands in.
pub struct Desk {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// The exit code; 128 and the signal's number for a process that was killed, as shells have it.
    pub code: i32,
}

impl Desk {
    /// An empty folder.
    pub fn new() -> Desk {
        let folder = tempfile::Builder::new().prefix("onrecord-desk-").tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_onrecord"), folder.path().join(".bin/onrecord")).unwrap();
        // The example files, for those who read along and type the same.
        std::os::unix::fs::symlink(repository().join("examples"), folder.path().join("examples")).unwrap();
        let home = folder.path().to_str().unwrap().to_string();
        let environment = BTreeMap::from([
            ("HOME".to_string(), home.clone()),
            ("XDG_CONFIG_HOME".to_string(), format!("{home}/.config")),
            ("PATH".to_string(), format!("{home}/.bin:/usr/bin:/bin")),
            ("ONRECORD_ACTOR".to_string(), "human:test".to_string()),
            ("COLUMNS".to_string(), "100".to_string()),
            ("LC_ALL".to_string(), "C".to_string()),
        ]);
        Desk { folder, environment }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Sets a variable for every command from here on; an empty value takes it away.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Desk {
        match value {
            "" => self.environment.remove(name),
            value => self.environment.insert(name.to_string(), value.to_string()),
        };
        self
    }

    /// Writes a file.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Desk {
        std::fs::write(self.path().join(name), content).unwrap();
        self
    }

    /// A command that is ready to run here.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env_clear().envs(&self.environment).stdin(Stdio::null());
        command
    }

    /// Runs `onrecord` with these arguments.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command(env!("CARGO_BIN_EXE_onrecord")).args(arguments))
    }

    /// Runs `onrecord`, which has to succeed. Answers its standard output.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, 0, "onrecord {arguments:?}\n{}{}", outcome.stdout, outcome.stderr);
        outcome.stdout
    }

    /// Runs a line of shell, in which `onrecord` is the one of this build.
    pub fn shell(&self, line: &str) -> Outcome {
        Outcome::of(self.command("/bin/sh").args(["-c", line]))
    }

    /// Runs a line of shell, which has to succeed. Answers its standard output.
    #[track_caller]
    pub fn shell_ok(&self, line: &str) -> String {
        let outcome = self.shell(line);
        assert_eq!(outcome.code, 0, "{line}\n{}{}", outcome.stdout, outcome.stderr);
        outcome.stdout
    }

    /// Text with what differs from run to run put in words: the folder, times, and the ids on record in the ledger
    /// `onrecord.db`, which change whenever a figure is read in a finer way. A name for an id is as long as its short
    /// form, so that tables keep their shape.
    pub fn settled(&self, text: &str) -> String {
        let mut text = text.replace(self.path().to_str().unwrap(), "FOLDER");
        for (id, name) in self.ids() {
            text = text.replace(&id, &format!("{name}{}", "~".repeat(64 - name.len()))).replace(&id[..8], &name);
        }
        let text = hidden(&hidden(&text, "0000-00-00T00:00:00.000Z", "TIME"), &"f".repeat(64), "HASH");
        text.replace(&chrono::Utc::now().date_naive().to_string(), "0000-00-00")
    }

    /// The ids on record, each with a name for it.
    fn ids(&self) -> Vec<(String, String)> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let opened = rusqlite::Connection::open_with_flags(self.path().join("onrecord.db"), flags);
        let Ok(connection) = opened else { return Vec::new() };
        let mut ids = Vec::new();
        for (name, table, column) in [
            ("claim", "claim", "id"),
            ("quest", "question", "id"),
            ("sourc", "source", "id"),
            ("bytes", "snapshot", "sha256"),
            ("text", "snapshot", "text"),
        ] {
            let sql = format!("SELECT lower(hex({column})) FROM {table} ORDER BY number");
            let Ok(mut select) = connection.prepare(&sql) else { continue };
            let found: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            let width = 7 - name.len();
            ids.extend(found.into_iter().enumerate().map(|(i, id)| (id, format!("{name}-{:0width$}", i + 1))));
        }
        ids
    }
}

impl Outcome {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Outcome {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("everything printed is UTF-8");
        let code = output.status.code().unwrap_or_else(|| {
            128 + std::os::unix::process::ExitStatusExt::signal(&output.status).expect("ended by itself or by a signal")
        });
        Outcome { stdout: text(output.stdout), stderr: text(output.stderr), code }
    }

    /// As one text: standard output, standard error with a `!` before each line, the exit code where it is not 0.
    pub fn shown(&self) -> String {
        let mut shown = self.stdout.clone();
        if !shown.is_empty() && !shown.ends_with('\n') {
            shown.push_str(" (no line end)\n");
        }
        shown.extend(self.stderr.lines().map(|line| format!("! {line}\n")));
        if self.code != 0 {
            shown.push_str(&format!("[exit {}]\n", self.code));
        }
        shown
    }
}

/// The repository's folder.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository that tests write. With `UPDATE_DOCS` or `UPDATE_EXPECTED` set it is written, else it has
/// to be what it would be.
#[track_caller]
pub fn check_file(path: &str, content: &str) {
    let file = repository().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() || std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, content).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    if found == content {
        return;
    }
    let line = found.lines().zip(content.lines()).take_while(|(a, b)| a == b).count();
    let from = |text: &str| text.lines().skip(line).take(12).map(|line| format!("    {line}\n")).collect::<String>();
    panic!(
        "{path} differs from line {}. It says\n{}and would say\n{}If that is meant: UPDATE_DOCS=1 cargo test, and read the difference",
        line + 1,
        from(&found),
        from(content)
    );
}

/// Puts `name` for everything of a shape, in which `0` is any digit and `f` any hexadecimal digit.
fn hidden(text: &str, shape: &str, name: &str) -> String {
    let alike = |(found, shape): (&u8, u8)| match shape {
        b'0' => found.is_ascii_digit(),
        b'f' => found.is_ascii_hexdigit(),
        other => *found == other,
    };
    let (mut hidden, mut from, mut at) = (String::new(), 0, 0);
    while let Some(place) = text.as_bytes().get(at..at + shape.len()) {
        if place.iter().zip(shape.bytes()).all(alike) {
            hidden.push_str(&text[from..at]);
            hidden.push_str(name);
            at += shape.len();
            from = at;
        } else {
            at += 1;
        }
    }
    hidden + &text[from..]
}

#[test]
fn only_what_differs_from_run_to_run_is_hidden() {
    let desk = Desk::new();
    assert_eq!(desk.settled("é 2026-01-02T03:04:05.678Z by 2026-01-02T03:04:05Z"), "é TIME by 2026-01-02T03:04:05Z");
    assert_eq!(desk.settled(&format!("({})", "0a".repeat(32))), "(HASH)");
    let outcome = desk.shell("pwd; echo oh >&2; exit 3");
    assert_eq!(desk.settled(&outcome.shown()), "FOLDER\n! oh\n[exit 3]\n");
    assert_eq!(desk.shell("kill -9 $$").code, 137);
}

#[test]
fn the_environment_is_our_own() {
    let mut desk = Desk::new();
    let names = |desk: &Desk| {
        let shown = desk.shell_ok("env");
        let names = shown
            .lines()
            .filter_map(|line| line.split('=').next())
            .filter(|name| !matches!(*name, "PWD" | "_" | "SHLVL" | "OLDPWD"));
        names.map(str::to_string).collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&desk), "COLUMNS HOME LC_ALL ONRECORD_ACTOR PATH XDG_CONFIG_HOME");
    desk.set("ONRECORD_ACTOR", "").set("NO_COLOR", "1");
    assert_eq!(names(&desk), "COLUMNS HOME LC_ALL NO_COLOR PATH XDG_CONFIG_HOME");
}
