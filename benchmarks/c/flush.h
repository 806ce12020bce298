/* A program built with -ffast-math takes the smallest numbers for 0 from its start; a library that is loaded does so for the
   one who loads it too.  So each call switches it on and off again.  */
#if defined(__FAST_MATH__) && defined(__SSE__)
#include <xmmintrin.h>
#define FLUSH_ON unsigned as_before = _mm_getcsr(); _mm_setcsr(as_before | 0x8040)
#define FLUSH_OFF _mm_setcsr(as_before)
#else
#define FLUSH_ON
#define FLUSH_OFF
#endif
