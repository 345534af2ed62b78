//! Names as Rust writes them: types in `UpperCamelCase`, everything else in `snake_case`.
//!
//! The checks have made sure that a name is an ASCII word, and that a letter is the first of it but for
//! underscores. A name that already has the right case stays as it is; two names that become one are reported.

/// Words that stand for paths in Rust and cannot be written as raw identifiers.
const PATH_WORDS: &[&str] = &["self", "Self", "super", "crate"];

/// File names that the generated folder needs for itself.
const INDEX_FILES: &[&str] = &["mod", "chor"];

/// The name of a type or an enum's variant: `OrderPlaced`, `InsufficientFunds` of `insufficient_funds`.
pub fn type_name(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    words(name).for_each(|word| push_capitalised(&mut camel, word));
    lent(camel)
}

/// The name of a field, a method or an argument: `order_placed` of `OrderPlaced`.
pub fn field_name(name: &str) -> String {
    if is_snake(name) {
        return lent(name.to_owned());
    }
    let mut snake = String::with_capacity(name.len() + 4);
    for word in words(name) {
        if !snake.is_empty() {
            snake.push('_');
        }
        push_snake(&mut snake, word);
    }
    lent(snake)
}

/// The name of a module and its file.
pub fn module_name(name: &str) -> String {
    let module = field_name(name);
    if INDEX_FILES.contains(&module.as_str()) { format!("{module}_") } else { module }
}

/// `self` of `_self`: a word that Rust takes for a path even as a raw identifier.
fn lent(name: String) -> String {
    if PATH_WORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Whether a name is written as Rust writes fields, as most fields are.
fn is_snake(name: &str) -> bool {
    let mut before = b'_';
    name.bytes().all(|byte| {
        let apart = byte == b'_' && before == b'_';
        before = byte;
        !apart && !byte.is_ascii_uppercase()
    }) && before != b'_'
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split('_').filter(|word| !word.is_empty())
}

/// `funds` as `Funds`, `FUNDS` as `Funds`; mixed case is somebody's choice and stays.
fn push_capitalised(camel: &mut String, word: &str) {
    let shouted = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
    let (first, rest) = word.split_at_checked(1).unwrap_or(("", word));
    camel.extend(first.chars().map(|first| first.to_ascii_uppercase()));
    if shouted {
        camel.extend(rest.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        camel.push_str(rest);
    }
}

/// `OrderPlaced` as `order_placed`, `HTTPFailed` as `http_failed`.
fn push_snake(snake: &mut String, word: &str) {
    let bytes = word.as_bytes();
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
        check("self_", "Self_");
    }

    #[test]
    fn fields_and_methods() {
        let check = |name, expected| assert_eq!(field_name(name), expected, "{name}");
        check("order", "order");
        check("orderLine2Total", "order_line2_total");
        check("HTTPFailed", "http_failed");
        check("SKU", "sku");
        check("_hidden__name_", "hidden_name");
        check("type", "type");
        check("_super", "super_");
    }

    #[test]
    fn modules_leave_the_index_its_file() {
        assert_eq!(module_name("Payment"), "payment");
        assert_eq!(module_name("Mod"), "mod_");
        assert_eq!(module_name("Chor"), "chor_");
    }
}
