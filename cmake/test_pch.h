// Precompiled once per test executable.
#pragma once

#include "cmake/std_pch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
