// The functions of Boost.Asio that are not templates, compiled once.
#include <boost/asio/impl/src.hpp>
