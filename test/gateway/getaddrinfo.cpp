// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// Preloaded into the gateway: names stand in the file GATEWAY_HOSTS, "name address..." in each
// line, which may change at any time. An address "hang" takes half a minute.

#include <dlfcn.h>
#include <netdb.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

extern "C" int getaddrinfo(char const* name, char const* service, addrinfo const* hints,
                           addrinfo** found) {
  auto* const real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  std::ifstream file(std::getenv("GATEWAY_HOSTS"));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string known, address;
    words >> known;
    if (!name || known != name) continue;
    addrinfo** end = found;
    while (words >> address) {
      if (address == "hang") return ::sleep(30), EAI_AGAIN;
      if (int const error = real(address.c_str(), service, hints, end)) return error;
      end = &(*end)->ai_next; // freeaddrinfo of glibc follows it
    }
    return end == found ? EAI_NONAME : 0;
  }
  return real(name, service, hints, found);
}
