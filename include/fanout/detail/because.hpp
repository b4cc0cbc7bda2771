//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_DETAIL_BECAUSE_HPP
#define FANOUT_DETAIL_BECAUSE_HPP

// The diagnostics of wrong calls. A deleted overload takes each wrong call. Its last template
// argument is the sentence, and compilers print template arguments. So the sentence stands in the
// first lines of the diagnostic, and `requires { gather(x); }` is false.

#include <fanout/config.hpp>

#include <cstddef>
#include <type_traits>

namespace fanout::inline FANOUT_ABI::detail {

/// A text as a template argument. Compilers print its members, so the text is a plain array.
// NOLINTBEGIN(modernize-avoid-c-arrays): a string literal is one
template <std::size_t N>
struct sentence {
  consteval sentence(char const (&t)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = t[i];
  }

  char text[N]{};
};
// NOLINTEND(modernize-avoid-c-arrays)

/// The type of one mistake. Each sentence is an explicit specialization: of any other type Clang
/// prints only the first 36 characters. A sentence has no apostrophe, which GCC would escape. The
/// friend function that is declared before a specialization gives the specialization a name.
template <sentence>
struct because;

struct no_mistake {};

/// The first mistake of several.
consteval no_mistake operator|(no_mistake, no_mistake) { return {}; }
template <sentence S>
consteval because<S> operator|(no_mistake, because<S> mistake) {
  return mistake;
}
template <sentence S, class Next>
consteval because<S> operator|(because<S> mistake, Next) {
  return mistake;
}

template <class Mistake>
concept mistaken = !std::is_same_v<Mistake, no_mistake>;

/// Names the mistake; no such type if there is none.
template <mistaken Mistake>
using mistake_t = Mistake;

} // namespace fanout::inline FANOUT_ABI::detail

#endif // FANOUT_DETAIL_BECAUSE_HPP
