// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// A getaddrinfo to be preloaded, which knows some names: *.here.test is this machine, *.none.test
// does not exist, *.late.test does not either and takes a second to say so, *.hang.test takes half
// a minute; *.two.test is 127.0.0.2, or else this machine. All others go to the real one.

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <string_view>

extern "C" int getaddrinfo(char const* name, char const* service, addrinfo const* hints,
                           addrinfo** found) {
  std::string_view const host = name ? name : "";
  bool const late = host.ends_with("late.test");
  bool const hangs = host.ends_with("hang.test");
  if (late || hangs) ::sleep(late ? 1 : 30);
  if (late || hangs || host.ends_with("none.test")) return EAI_NONAME;

  auto* const real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  bool const here = host.ends_with("here.test"), two = host.ends_with("two.test");
  int const error = real(two ? "127.0.0.2" : here ? "127.0.0.1" : name, service, hints, found);
  if (error || !two) return error;
  addrinfo* last = *found;
  while (last->ai_next) last = last->ai_next;
  return real("127.0.0.1", service, hints, &last->ai_next);
}
