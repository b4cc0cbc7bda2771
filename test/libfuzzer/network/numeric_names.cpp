// Copyright (c) 2026 the fanout authors
// Distributed under the Boost Software License, Version 1.0.
// (See accompanying file LICENSE_1_0.txt or copy at
// https://www.boost.org/LICENSE_1_0.txt)

// The addresses of hosts, without asking anybody: only those that are written as numbers have one.
// Names in an input must not leave this machine, nor wait for what is elsewhere.

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#include <cstdlib>
#include <cstring>

namespace {

/// In one block, as freeaddrinfo() of this file expects it.
struct found {
  addrinfo info;
  sockaddr_storage address;
};

template <class Address>
int give(Address const& address, addrinfo const* wanted, addrinfo** result) {
  auto* const f = static_cast<found*>(std::calloc(1, sizeof(found)));
  if (!f) return EAI_MEMORY;
  std::memcpy(&f->address, &address, sizeof address);
  f->info.ai_family = f->address.ss_family;
  f->info.ai_socktype = wanted ? wanted->ai_socktype : 0;
  f->info.ai_protocol = wanted ? wanted->ai_protocol : 0;
  f->info.ai_addr = reinterpret_cast<sockaddr*>(&f->address);
  f->info.ai_addrlen = sizeof address;
  *result = &f->info;
  return 0;
}

in_port_t port_of(char const* service) {
  return htons(static_cast<in_port_t>(service ? std::atoi(service) : 0));
}

} // namespace

extern "C" int getaddrinfo(char const* host, char const* service, addrinfo const* wanted,
                           addrinfo** result) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = port_of(service);
  if (host && inet_pton(AF_INET, host, &v4.sin_addr) == 1) return give(v4, wanted, result);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = port_of(service);
  if (host && inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) return give(v6, wanted, result);
  return EAI_NONAME;
}

extern "C" void freeaddrinfo(addrinfo* info) { std::free(info); }
