//
// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
//

#ifndef FANOUT_TEST_FUZZ_VERBS_PROGRAM_HPP
#define FANOUT_TEST_FUZZ_VERBS_PROGRAM_HPP

#include "../support/program.hpp"

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The language of README.md.
namespace verbs {

using fanout_fuzz::node;

/// One piece of work: a leaf, or an operation with its parts.
struct work {
  std::string verb;
  int id = 0; ///< its number: works are numbered as their texts begin
  int parent = -1;
  std::vector<std::string> words; ///< the words and numbers of a leaf, the words of an operation
  std::map<std::string, long> settings; ///< `(limit 2)` is limit = 2
  std::vector<work> parts;              ///< the works inside
  std::vector<node> steps;              ///< of a group: what its body does, in turn

  bool has(std::string_view word) const {
    for (auto const& each : words)
      if (each == word) return true;
    return false;
  }

  std::optional<long> setting(std::string const& name) const {
    auto const found = settings.find(name);
    return found == settings.end() ? std::nullopt : std::optional<long>(found->second);
  }
};

/// Something outside of the program asks a work to end.
struct request {
  long instant = 0;
  std::string type;
  int target = 0;
};

struct program {
  std::vector<long> limiters; ///< the places of each
  std::vector<request> requests;
  long linger = 0; ///< how long main goes on after the end of `root`
  work root;
  std::vector<work const*> works; ///< by number; they point into `root`

  program() = default;
  program(program const&) = delete;
  program& operator=(program const&) = delete;
};

inline bool is_work(node const& n) {
  static char const* const verbs[] = {"leaf",    "gather", "race",  "first",
                                      "timeout", "hold",   "group", "stream"};
  for (char const* verb : verbs)
    if (n.is_list && n.head == verb) return true;
  return false;
}

inline work read_work(node const& n, int parent, int& next_id) {
  work w;
  w.verb = n.head;
  w.id = next_id++;
  w.parent = parent;
  for (node const& item : n.items) {
    if (is_work(item)) {
      w.parts.push_back(read_work(item, w.id, next_id));
    } else if (w.verb == "group" && item.is_list && item.head == "spawn") {
      w.steps.push_back({"spawn", {{std::to_string(w.parts.size()), {}, false}}, true});
      w.parts.push_back(read_work(item.items.at(0), w.id, next_id));
    } else if (w.verb == "group" && item.is_list && item.head == "do") {
      w.steps.push_back(item.items.at(0));
    } else if (item.is_list) {
      w.settings[item.head] = item.items.at(0).number();
    } else {
      w.words.push_back(item.head);
    }
  }
  return w;
}

inline void list_works(work const& w, std::vector<work const*>& out) {
  out.push_back(&w);
  for (work const& part : w.parts) list_works(part, out);
}

/// Reads one line. Throws std::invalid_argument, or std::out_of_range where something is missing.
inline void read_program(std::string_view text, program& out) {
  node const all = fanout_fuzz::read_node(text);
  int next_id = 0;
  for (node const& item : all.items) {
    if (item.head == "limiters")
      for (node const& places : item.items) out.limiters.push_back(places.number());
    else if (item.head == "ask")
      out.requests.push_back(
          {item.items.at(0).number(), item.items.at(1).head, int(item.items.at(2).number())});
    else if (item.head == "linger")
      out.linger = item.items.at(0).number();
    else if (is_work(item) && out.root.verb.empty())
      out.root = read_work(item, -1, next_id);
    else
      throw std::invalid_argument("a program has no (" + item.head + ")");
  }
  if (out.root.verb.empty()) throw std::invalid_argument("a program has no work");
  list_works(out.root, out.works);
  for (request const& r : out.requests)
    if (r.target < 0 || r.target >= int(out.works.size()))
      throw std::invalid_argument("no work has the number " + std::to_string(r.target));
}

} // namespace verbs

#endif // FANOUT_TEST_FUZZ_VERBS_PROGRAM_HPP
