// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

/// \file
/// An error in words. Declarations only; the definitions are in the library `fanout::text`, which
/// needs fmt.

#ifndef FANOUT_TEXT_HPP
#define FANOUT_TEXT_HPP

#include <fanout/config.hpp>

#include <exception>
#include <string>

namespace fanout::inline FANOUT_ABI {

/// An exception in words, with its type, its message and the exceptions nested in it.
///
/// *Results*: `TYPE: MESSAGE`, and for each nested exception, outermost first,
/// `, because of TYPE: MESSAGE`:
///
///     std::runtime_error: connection lost, because of
///         boost::system::system_error: Connection refused [system:111]        (one line)
///
/// - `no error` for a null pointer;
/// - `TYPE` is the demangled name of the thrown type, in its short form
///   (`std::string`), without the wrappers that Boost and the standard library put around it
///   (`boost::wrapexcept`, `std::_Nested_exception`) and without `(anonymous namespace)::`;
/// - `MESSAGE` is `what()`. The one of a `system_error`, Boost's or the standard's, always shows
///   its code once, as `[category:value]`, and no source location;
/// - `TYPE` alone for an empty `what()` and for anything not derived from `std::exception`.
///
/// *Exception safety*: strong; throws `std::bad_alloc` only.
[[nodiscard]] std::string describe(std::exception_ptr error);

} // namespace fanout::inline FANOUT_ABI

#endif
