//! Names as Rust writes them: types in `UpperCamelCase`, everything else in `snake_case`.
//!
//! The names of `.chor` files are ASCII words, in whatever case. A name that already has the right case stays
//! as it is; two names that become one are reported by the check of the names in generated code.

/// Words that stand for paths in Rust and cannot be written as raw identifiers.
const PATH_WORDS: &[&str] = &["self", "Self", "super", "crate"];

/// File names that the generated folder needs for itself.
const INDEX_FILES: &[&str] = &["mod", "chor"];

/// The name of a type or an enum's variant: `OrderPlaced`, `InsufficientFunds` of `insufficient_funds`.
pub fn type_name(name: &str) -> String {
    let camel: String = words(name).map(capitalised).collect();
    usable(camel, "Blank", "N")
}

/// The name of a field, a method or an argument: `order_placed` of `OrderPlaced`.
pub fn field_name(name: &str) -> String {
    let snake: Vec<String> = words(name).map(snake_word).collect();
    usable(snake.join("_"), "blank", "n")
}

/// The name of a module and its file.
pub fn module_name(name: &str) -> String {
    let module = field_name(name);
    if INDEX_FILES.contains(&module.as_str()) { format!("{module}_") } else { module }
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// Rust needs a letter at the start, and a few words are taken.
fn usable(name: String, empty: &str, before_digit: &str) -> String {
    if name.is_empty() {
        empty.to_owned()
    } else if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{before_digit}{name}")
    } else if PATH_WORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// `funds` as `Funds`, `FUNDS` as `Funds`; mixed case is somebody's choice and stays.
fn capitalised(word: &str) -> String {
    let shouted = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
    let mut rest = word.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    let rest = rest.map(|c| if shouted { c.to_ascii_lowercase() } else { c });
    first.into_iter().chain(rest).collect()
}

/// `OrderPlaced` as `order_placed`, `HTTPFailed` as `http_failed`.
fn snake_word(word: &str) -> String {
    let bytes = word.as_bytes();
    let mut snake = String::with_capacity(word.len() + 4);
    for (index, character) in word.char_indices() {
        let before = index.checked_sub(1).and_then(|at| bytes.get(at));
        let after = bytes.get(index + 1);
        let starts_word = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() || after.is_some_and(u8::is_ascii_lowercase)
            });
        if starts_word {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        let check = |name, expected| assert_eq!(type_name(name), expected, "{name}");
        check("OrderPlaced", "OrderPlaced");
        check("order_placed", "OrderPlaced");
        check("HTTPFailed", "HTTPFailed");
        check("OUT_OF_STOCK", "OutOfStock");
        check("USD", "Usd");
        check("x", "X");
        check("_1st", "N1st");
        check("__", "Blank");
        check("self", "Self_");
    }

    #[test]
    fn fields_and_methods() {
        let check = |name, expected| assert_eq!(field_name(name), expected, "{name}");
        check("order", "order");
        check("orderLine2Total", "order_line2_total");
        check("HTTPFailed", "http_failed");
        check("SKU", "sku");
        check("_hidden__name_", "hidden_name");
        check("_1", "n1");
        check("_", "blank");
        check("Self", "self_");
        check("type", "type");
    }

    #[test]
    fn modules_leave_the_index_its_file() {
        assert_eq!(module_name("Payment"), "payment");
        assert_eq!(module_name("Mod"), "mod_");
        assert_eq!(module_name("Chor"), "chor_");
    }
}
