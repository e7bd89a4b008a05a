# Leaves out of a build of llama-cpp-python what llmtui does not use, two thirds of its compile time: llama.cpp's
# library for its own command-line tools, and the library for images and sound.
#
# CMAKE_ARGS="-DCMAKE_PROJECT_llama_cpp_INCLUDE=<this file>" has CMake read it right after the package's `project` line.
# An option of the command line would not do: the package forces LLAMA_BUILD_COMMON in the cache. A variable outside the
# cache comes before it.
set(LLAMA_BUILD_COMMON OFF)
set(LLAVA_BUILD OFF)
