//! Texts beside what becomes of them. That nothing is lost, whatever the text, is tested in `tests/`.

use insta::assert_snapshot;

use super::formatted;
use crate::source::Sources;

/// The text in the style, which must not change it again.
fn format(text: &str) -> String {
    let once = formatted_once(text);
    assert_eq!(formatted_once(&once), once, "a second time changes it again");
    once
}

fn formatted_once(text: &str) -> String {
    let mut sources = Sources::new();
    sources.add("a.chor", text).unwrap();
    formatted(&sources.files()[0]).unwrap_or_else(|findings| panic!("{findings:?}\n{text}"))
}

#[test]
fn one_style_for_declarations() {
    let text = "
//!Shop
namespace   example.shop
use money :: { Money ,Price, }
service Orders{owner \"a@b\"}  external Customer{ }
service Payment { owner \"a@b\" emits A,B reads C{x,y,} ,D }
type Sku=string( min:1,max : 9 ) type Stock={Sku :u32}( max:9)?  record Line{sku:Sku,count:u32?,copies:u32=1,rest:{Sku:u32}={ }}
open   enum Reason { late,lost }union Means{card:Card,cash,}open
union More{@was(\"a\")b}
event A v2{order:uuid}
Analytics   observes A,B
";
    assert_snapshot!(format(text), @r#"
    //!Shop
    namespace example.shop
    use money::{Money, Price}
    service Orders { owner "a@b" }
    external Customer {}
    service Payment {
      owner "a@b"
      emits A, B
      reads C { x, y }, D
    }
    type Sku = string(min: 1, max: 9)
    type Stock = {Sku: u32}(max: 9)?
    record Line { sku: Sku, count: u32?, copies: u32 = 1, rest: {Sku: u32} = {} }
    open enum Reason { late, lost }
    union Means { card: Card, cash }
    open union More { @was("a") b }
    event A v2 { order: uuid }
    Analytics observes A, B
    "#);
}

#[test]
fn every_statement_has_its_line() {
    let text = "
choreography C(A,B,) by (order , part) { on X->A,B  sent :A->B:X undo B->A:Y A->B:Z undo none
  choice at A { A->B:X }
  or {A->B:Y}
  both: par{A->B:X}
    and{}
  loop again{ repeat again }
  within 1h30m at A or B->A:X {} else{ rollback }  run D(A,B,) }
choreography D by order {}
";
    assert_snapshot!(format(text), @"
    choreography C(A, B) by (order, part) {
      on X -> A, B
      sent: A -> B: X
        undo B -> A: Y
      A -> B: Z
        undo none
      choice at A {
        A -> B: X
      } or {
        A -> B: Y
      }
      both: par {
        A -> B: X
      } and {}
      loop again {
        repeat again
      }
      within 1h30m at A or B -> A: X {} else {
        rollback
      }
      run D(A, B)
    }
    choreography D by order {}
    ");
}

#[test]
fn fields_stay_on_the_lines_that_they_have() {
    let text = "
event A { a: uuid, b: u32, }
event B { a: uuid,
  b: u32, c: u32 }
event C {
  a: uuid }
enum D { a,
  b }
service E {
  emits A }
record F {
}
";
    assert_snapshot!(format(text), @"
    event A { a: uuid, b: u32 }
    event B {
      a: uuid
      b: u32
      c: u32
    }
    event C {
      a: uuid
    }
    enum D {
      a
      b
    }
    service E {
      emits A
    }
    record F {}
    ");
}

#[test]
fn what_is_too_long_goes_on_or_gets_lines() {
    let text = "
service S { emits AaaaaaaaaaaaaaaaaaaaaaaaaaaaA, BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB, CccccccccccccccccccccC, D }
service T { reads AaaaaaaaaaaaaaaaaaaaaaaaaaaaA { one }, BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB { one, two, three }, D }
event AaaaaaaaaaaaaaaaaaaaaaaaaaaaA { order: uuid, name: string(min: 1, max: 80), total: decimal(min: 0) }
event B {
  @deprecated(use: total, sunset: 2027-03-01) @was(\"a_name_from_before\") @pii sum: decimal(min: 0, max: 100)?
}
choreography C by order {
  AaaaaaaaaaaaaaaaaaaaaaaaaaaaA -> BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB, CccccccccccccccccccccC: AaaaaaaaaaaaaaaaaaaaaaaaaaaaA
    undo AaaaaaaaaaaaaaaaaaaaaaaaaaaaA -> BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB, CccccccccccccccccccccC: AaaaaaaaaaaaA
  within 15m at AaaaaaaaaaaaaaaaaaaaaaaaaaaaA or BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB -> CccccccccccccccccccccC: AaaaaA {
  } else {}
  AaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA -> BbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbB: CcccccccccccC
}
";
    assert_snapshot!(format(text), @r#"
    service S {
      emits AaaaaaaaaaaaaaaaaaaaaaaaaaaaA, BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB, CccccccccccccccccccccC, D
    }
    service T {
      reads AaaaaaaaaaaaaaaaaaaaaaaaaaaaA { one }, BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB { one, two, three }, D
    }
    event AaaaaaaaaaaaaaaaaaaaaaaaaaaaA {
      order: uuid
      name: string(min: 1, max: 80)
      total: decimal(min: 0)
    }
    event B {
      @deprecated(use: total, sunset: 2027-03-01)
      @was("a_name_from_before")
      @pii
      sum: decimal(min: 0, max: 100)?
    }
    choreography C by order {
      AaaaaaaaaaaaaaaaaaaaaaaaaaaaA -> BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB,
          CccccccccccccccccccccC: AaaaaaaaaaaaaaaaaaaaaaaaaaaaA
        undo AaaaaaaaaaaaaaaaaaaaaaaaaaaaA -> BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB,
            CccccccccccccccccccccC: AaaaaaaaaaaaA
      within 15m at AaaaaaaaaaaaaaaaaaaaaaaaaaaaA
          or BbbbbbbbbbbbbbbbbbbbbbbbbbbbbB -> CccccccccccccccccccccC: AaaaaA {} else {}
      AaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA ->
          BbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbB: CcccccccccccC
    }
    "#);
}

#[test]
fn comments_keep_their_places() {
    let text = "
// at the start

//! The file.
// above
service S // behind a declaration
// between

event A { // behind a brace

  // first in a block
  a: uuid // before a comma
  , // behind a comma
  // above docs
  /// Docs.
  // below docs
  @pii // behind an attribute
  b: [ // in a type
    u32](max: 3 // in brackets
  )

  // before a closing brace

}
service T { reads A // behind a name
  { a, // in a list
    // on its own in a list
    b // at the end of a list
  }, B }
// at the end

//// still";
    assert_snapshot!(format(text), @"
    // at the start

    //! The file.
    // above
    service S // behind a declaration
    // between

    event A { // behind a brace
      // first in a block
      a: uuid // before a comma
      // behind a comma
      // above docs
      /// Docs.
      // below docs
      @pii // behind an attribute
      b: [ // in a type
          u32](max: 3 // in brackets
          )

      // before a closing brace
    }
    service T {
      reads A { // behind a name
          a, // in a list
          // on its own in a list
          b // at the end of a list
          }, B
    }
    // at the end

    //// still
    ");
}

#[test]
fn comments_within_choreographies() {
    let text = "
choreography C // before a brace
  // on its own before a brace
by order {
  A -> B, // behind a comma
    // on its own
    C : // behind a colon
    X // behind a step
    // above an undo

    undo none // behind an undo

  // above a choice
  choice at A // before a brace
  {
    A -> B: X
  } // behind a brace

  // above an or

  or // behind an or
  { // in it
  } or {
    // nothing else
  }
} // behind the end
";
    assert_snapshot!(format(text), @"
    choreography C // before a brace
        // on its own before a brace
        by order {
      A -> B, // behind a comma
          // on its own
          C: // behind a colon
          X // behind a step
        // above an undo
        undo none // behind an undo

      // above a choice
      choice at A { // before a brace
        A -> B: X
      } // behind a brace
      // above an or
      or { // behind an or
        // in it
      } or {
        // nothing else
      }
    } // behind the end
    ");
}

#[test]
fn one_empty_line_is_kept_within_and_none_at_the_edges() {
    let text = "


//! File.


service S



service T
/// Docs.

@shared

event E {

  a: uuid


  b: uuid

}
choreography C by a {

  A -> B: X


  // c


  A -> B: Y

    undo none

}


";
    assert_snapshot!(format(text), @"
    //! File.

    service S

    service T
    /// Docs.
    @shared
    event E {
      a: uuid

      b: uuid
    }
    choreography C by a {
      A -> B: X

      // c

      A -> B: Y
        undo none
    }
    ");
}

#[test]
fn line_ends_stay_as_they_are_and_a_byte_order_mark_goes() {
    assert_eq!(format("\u{feff}service S\r\n// c\r\nservice   T"), "service S\r\n// c\r\nservice T\r\n");
    assert_eq!(format("service S // c \t\nservice   T\r\n"), "service S // c\nservice T\n");
}

#[test]
fn nothing_stays_nothing() {
    assert_eq!(format(""), "");
    assert_eq!(format(" \n\n"), "");
    assert_eq!(format("  // c"), "// c\n");
}

#[test]
fn a_file_with_syntax_errors_has_no_form() {
    let mut sources = Sources::new();
    sources.add("a.chor", "service\nevent A { a: uuid }").unwrap();
    let findings = formatted(&sources.files()[0]).unwrap_err();
    assert_eq!(findings.iter().map(|finding| finding.code.number).collect::<Vec<_>>(), ["C0001"]);
}
