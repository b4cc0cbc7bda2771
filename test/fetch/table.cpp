// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#include "table.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using text_align = ::table::align;

bool text_says_three_for_two(std::invalid_argument const& e) {
  return e.what() == std::string("table::add_row: 3 cells for 2 columns");
}

} // namespace

BOOST_AUTO_TEST_SUITE(text)
BOOST_AUTO_TEST_SUITE(table)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cells) {
  ::table t({{"status", text_align::right}, {"url"}, {"ms", text_align::right}});
  t.add_row({"200", "http://localhost/", "1.5"});
  t.add_row({"404", "http://localhost/missing", "1200.0"});
  BOOST_TEST(t.str() == "status  url                           ms\n"
                        "------  ------------------------  ------\n"
                        "   200  http://localhost/            1.5\n"
                        "   404  http://localhost/missing  1200.0\n");
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_is_its_headers) {
  ::table t({{"a"}, {"b"}});
  BOOST_TEST(t.rows() == 0u);
  BOOST_TEST(t.str() == "a  b\n-  -\n");
}

BOOST_AUTO_TEST_CASE(no_line_ends_in_spaces) {
  ::table t({{"name"}, {"note"}});
  t.add_row({"a", "a long note"});
  t.add_row({"b", ""});
  BOOST_TEST(t.str() == "name  note\n----  -----------\na     a long note\nb\n");
}

BOOST_AUTO_TEST_CASE(width_is_counted_in_characters_and_wide_ones_take_two_places) {
  ::table t({{"city"}, {"n", text_align::right}});
  t.add_row({"Köln", "1"});
  t.add_row({"東京", "2"});
  t.add_row({"Paris", "3"});
  BOOST_TEST(t.str() == "city   n\n"
                        "-----  -\n"
                        "Köln   1\n"
                        "東京   2\n"
                        "Paris  3\n");
}

BOOST_AUTO_TEST_CASE(control_characters_become_spaces) {
  ::table t({{"text"}, {"n"}});
  t.add_row({"two\nlines \x1b[31mred\x7f", "\u0085x"});
  BOOST_TEST(t.str() ==
             "text                 n\n-------------------  --\ntwo lines  [31mred    x\n");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_do_no_harm) {
  ::table t({{"text"}, {"n"}});
  t.add_row({"\xff\xc3", "1"});
  t.add_row({"", "2"});
  BOOST_TEST(t.str() == "text  n\n----  -\n\xff\xc3    1\n      2\n");
}

BOOST_AUTO_TEST_CASE(a_row_of_another_length_is_refused) {
  ::table t({{"a"}, {"b"}});
  BOOST_CHECK_EXCEPTION(t.add_row({"1", "2", "3"}), std::invalid_argument, text_says_three_for_two);
  BOOST_TEST(t.rows() == 0u);
}

BOOST_AUTO_TEST_CASE(a_table_can_be_written_to_a_stream) {
  ::table t({{"a"}});
  t.add_row({"1"});
  std::ostringstream out;
  out << t << "end";
  BOOST_TEST(out.str() == "a\n-\n1\nend");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
