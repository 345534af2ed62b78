//! `chor lock`: the same contracts give the same file, whatever else is written around them.

use std::fs;

use insta::assert_snapshot;

use super::{chor_in, folder};

const SHOP: &str = "\
namespace shop
service Orders
service Payment { reads OrderPlaced { total } }

type Cents = u64(max: 1000000)
open enum Origin { web, @was(\"phone\") telephone }

event OrderPlaced { order: uuid, total: Cents, origin: Origin = web, note: string? }
event PaymentTaken { order: uuid }
event PaymentLate { order: uuid }

choreography Checkout by order {
  Orders -> Payment: OrderPlaced
  within 15m at Payment {
    Payment -> Orders: PaymentTaken
  } else {
    Payment -> Orders: PaymentLate
  }
}
";

#[test]
#[allow(clippy::too_many_lines, reason = "the lines are those of the file")]
fn what_is_promised_is_written_and_nothing_else() {
    let folder = folder(&[("shop.chor", SHOP)]);
    assert_snapshot!(chor_in(folder.path(), &["lock"]), @r"
    exit code: 0
    errors:
    note: `chor.lock.json` holds 3 events and 1 choreography
    ");
    let written = fs::read_to_string(folder.path().join("chor.lock.json")).unwrap();
    assert_snapshot!(written, @r#"
    {
      "format": 2,
      "services": {
        "shop.Orders": {
          "emits": [
            "shop.OrderPlaced"
          ],
          "reads": {
            "shop.PaymentLate": null,
            "shop.PaymentTaken": null
          }
        },
        "shop.Payment": {
          "emits": [
            "shop.PaymentLate",
            "shop.PaymentTaken"
          ],
          "reads": {
            "shop.OrderPlaced": [
              "order",
              "total"
            ]
          }
        }
      },
      "events": {
        "shop.OrderPlaced": {
          "kind": "event",
          "version": 1,
          "fields": [
            {
              "name": "order",
              "shape": {
                "scalar": {
                  "of": "uuid"
                }
              }
            },
            {
              "name": "total",
              "shape": {
                "named": "shop.Cents"
              }
            },
            {
              "name": "origin",
              "shape": {
                "named": "shop.Origin"
              },
              "default": "web"
            },
            {
              "name": "note",
              "shape": {
                "scalar": {
                  "of": "string"
                }
              },
              "optional": true
            }
          ]
        },
        "shop.PaymentLate": {
          "kind": "event",
          "version": 1,
          "fields": [
            {
              "name": "order",
              "shape": {
                "scalar": {
                  "of": "uuid"
                }
              }
            }
          ]
        },
        "shop.PaymentTaken": {
          "kind": "event",
          "version": 1,
          "fields": [
            {
              "name": "order",
              "shape": {
                "scalar": {
                  "of": "uuid"
                }
              }
            }
          ]
        }
      },
      "types": {
        "shop.Cents": {
          "alias": {
            "scalar": {
              "of": "u64",
              "max": "1000000"
            }
          }
        },
        "shop.Origin": {
          "enum": {
            "open": true,
            "values": [
              {
                "name": "web"
              },
              {
                "name": "telephone",
                "was": [
                  "phone"
                ]
              }
            ]
          }
        }
      },
      "choreographies": {
        "shop.Checkout": {
          "key": [
            "order"
          ],
          "parts": {
            "shop.Orders": {
              "machine": "ab8547deea9dea30",
              "hears": [
                "shop.PaymentLate",
                "shop.PaymentTaken"
              ],
              "says": {
                "shop.OrderPlaced": [
                  "shop.Payment"
                ]
              }
            },
            "shop.Payment": {
              "machine": "8383cd08af72992c",
              "hears": [
                "shop.OrderPlaced"
              ],
              "says": {
                "shop.PaymentLate": [
                  "shop.Orders"
                ],
                "shop.PaymentTaken": [
                  "shop.Orders"
                ]
              }
            }
          },
          "deadlines": [
            {
              "keeper": "shop.Payment",
              "millis": 900000,
              "guards": [
                "shop.PaymentTaken"
              ],
              "opens": [
                "shop.PaymentLate"
              ]
            }
          ]
        }
      }
    }
    "#);
    assert_eq!(chor_in(folder.path(), &["lock", "--check"]).status, 0);

    // Comments, lines, docs and the order of declarations are no promise.
    let (head, tail) = SHOP.split_once("event PaymentTaken").unwrap();
    let (event, tail) = tail.split_once("event PaymentLate { order: uuid }\n").unwrap();
    let moved = format!(
        "{head}// Moved.\n/// Documented.\nevent PaymentLate {{ order: uuid }}\nevent PaymentTaken{event}{tail}"
    );
    fs::write(folder.path().join("shop.chor"), moved).unwrap();
    assert_eq!(chor_in(folder.path(), &["lock", "--check"]).status, 0);
}

#[test]
fn a_stale_file_is_told() {
    let folder = folder(&[("shop.chor", SHOP)]);
    chor_in(folder.path(), &["lock"]);
    fs::write(folder.path().join("shop.chor"), SHOP.replace("within 15m", "within 5m")).unwrap();
    assert_snapshot!(chor_in(folder.path(), &["lock", "--check"]), @r"
    exit code: 1
    errors:
    note: `chor.lock.json` is stale: `chor lock --out chor.lock.json`
    ");
}

#[test]
fn a_file_that_cannot_be_read_is_no_stale_one() {
    let folder = folder(&[
        ("shop.chor", SHOP),
        ("later.json", "{\"format\": 99, \"wonders\": []}"),
        ("bad.json", "{"),
        ("merged.json", "{\n  \"format\": 2,\n<<<<<<< HEAD\n  \"services\": {},\n"),
    ]);
    let check = |file| chor_in(folder.path(), &["lock", "--check", "--out", file]);
    assert_snapshot!(check("later.json"), @r"
    exit code: 2
    errors:
    error: `later.json`: a later version of chor wrote it: format 99, this one reads 1 to 2
      help: use that version of chor, or the newest: `cargo install --path compiler/cli`
    ");
    assert_snapshot!(check("bad.json"), @r"
    exit code: 2
    errors:
    error: `bad.json`: it is no lock file: EOF while parsing an object at line 1 column 1
      help: name a file that `chor lock` has written
    ");
    assert_snapshot!(check("merged.json"), @r"
    exit code: 2
    errors:
    error: `merged.json`: it is no lock file: key must be a string at line 3 column 1
      help: write it anew, in the version that it was made for: `chor lock --out merged.json`
    ");
    assert_snapshot!(check("none.json"), @r"
    exit code: 2
    errors:
    error: there is no lock file `none.json`
      help: write it: `chor lock --out none.json`
    ");
}

#[test]
fn what_is_no_lock_file_is_not_overwritten() {
    let package = "{ \"name\": \"shop\" }";
    let later = "{\"format\": 99, \"wonders\": []}";
    let merged = "{\n  \"format\": 2,\n<<<<<<< HEAD\n  \"services\": {},\n";
    let folder = folder(&[
        ("shop.chor", SHOP),
        ("package.json", package),
        ("merged.json", merged),
        ("empty.json", ""),
        ("later.json", later),
    ]);
    let lock = |file| chor_in(folder.path(), &["lock", "--out", file]);
    assert_snapshot!(lock("shop.chor"), @r"
    exit code: 2
    errors:
    error: `shop.chor` is there and is no lock file; nothing was written
      help: name another file with `--out`, or move this one
    ");
    assert_snapshot!(lock("package.json"), @r"
    exit code: 2
    errors:
    error: `package.json` is there and is no lock file; nothing was written
      help: name another file with `--out`, or move this one
    ");
    assert_snapshot!(lock("later.json"), @r"
    exit code: 2
    errors:
    error: `later.json`: a later version of chor wrote it: format 99, this one reads 1 to 2
      help: use that version of chor, or the newest: `cargo install --path compiler/cli`
    ");
    for (name, text) in [("shop.chor", SHOP), ("package.json", package), ("later.json", later)] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).unwrap(), text);
    }
    for name in ["merged.json", "empty.json", "merged.json"] {
        assert_eq!(lock(name).status, 0, "{name}");
    }
}

#[test]
fn what_is_refused_is_not_promised() {
    let folder = folder(&[("shop.chor", "event A { order: uuit }\n")]);
    let ran = chor_in(folder.path(), &["lock"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("C0201"), "{ran}");
    assert!(!folder.path().join("chor.lock.json").exists());
}
