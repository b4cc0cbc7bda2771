// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

#define BOOST_TEST_MODULE fanout
#ifdef FANOUT_TEST_INCLUDED
// For a Boost that is there as headers only.
#include <boost/test/included/unit_test.hpp>
#else
#include <boost/test/unit_test.hpp>
#endif

#include <cstdlib>
#include <fstream>

namespace {

/// Writes into the file that FANOUT_LAST_CASE names which test case has begun. After a crash or a
/// timeout that is the one in question.
class last_case : public boost::unit_test::test_observer {
public:
  last_case() { boost::unit_test::framework::register_observer(*this); }
  ~last_case() override { boost::unit_test::framework::deregister_observer(*this); }

  void test_unit_start(boost::unit_test::test_unit const& unit) override {
    if (file_) std::ofstream(file_) << unit.full_name() << '\n';
  }

private:
  char const* file_ = std::getenv("FANOUT_LAST_CASE");
};

} // namespace

BOOST_TEST_GLOBAL_FIXTURE(last_case);
