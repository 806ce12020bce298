/* One step of particles, written as one would write it: a loop over particles, the C library's functions.

   The physics, the order of the fields and the random generator are those of oberih.dispersion.kernels.particles:
   trilinear wind, convection, the profiles of turbulence, Langevin or displacement by Metropolis, reflection, settling,
   dry and wet removal, sampling.  Sixteen generators a block of 64 particles, as there.  */
#include "flush.h"
#include <math.h>
#include <stdint.h>

#define LANES 64
enum { X, Y, Z, TX, TY, TZ, SX, SY, WX, WY, WEIGHT, KEPT, ROWS = KEPT + 3 };
enum { MIXING, FRICTION, IL, CONV2, DRY, BELOW = 7, IN_CLOUD = 10, BASE = 13, TOP = 14, CELLS_X = 15, SURFACE = 16 };

typedef struct { int nx, ny, nz; const float *wind, *surface; float a, b; } Fields;

static inline uint32_t next(uint32_t *s, int g) {
  uint32_t a = s[g], b = s[16 + g], c = s[32 + g], d = s[48 + g], out = a + d, t = b << 9;
  c ^= a; d ^= b; s[16 + g] = b ^ c; s[g] = a ^ d; s[32 + g] = c ^ t; s[48 + g] = (d << 11) | (d >> 21);
  return out;
}

static inline float uniform(uint32_t *s, int g) { return 1.0f - (float)(next(s, g) >> 9) * 1.1920929e-7f; }

static inline void pair(uint32_t *s, int g, float *p, float *q) {
  float r = sqrtf(-2.0f * logf(uniform(s, g))), t = 6.2831853f * (float)(next(s, g) >> 9) * 1.1920929e-7f;
  *p = r * cosf(t); *q = r * sinf(t);
}

static inline float diffusivity(float z, float h, float us, float il, float *slope) {
  float c = z < 0.5f * h ? z : 0.5f * h, shape = c * (1.0f - c / h), damp, s;
  if (il >= 0.0f) {
    damp = 1.0f / (1.0f + 5.0f * c * il);
    s = (1.0f - 2.0f * c / h) * damp - shape * damp * damp * 5.0f * il;
  } else {
    float low = c < 0.1f * h ? c : 0.1f * h;
    damp = sqrtf(1.0f - 16.0f * low * il);
    s = (1.0f - 2.0f * c / h) * damp;
    if (z < 0.1f * h) s += shape * 8.0f * -il / damp;
  }
  *slope = z < 0.5f * h ? 0.4f * us * s : 0.0f;
  float k = 0.4f * us * shape * damp;
  return z >= h ? fminf(k, 1.0f) : k;
}

static inline float variance(float z, float h, float us, float w2, float *slope) {
  float share = z / h > 0.02f ? z / h : 0.02f, m = 1.69f * us * us, v, s = 0.0f;
  if (share < 0.5f) { v = m * (1.0f - share); s = -m; } else v = 0.5f * m;
  if (share < 0.1f) { float r = cbrtf(share); v += w2 * 1.6f * r * r; s += w2 * 1.0666667f / r; }
  else v += w2 * 1.6f * 0.21544347f;
  *slope = z > 0.02f * h ? s / h : 0.0f;
  return v;
}

static inline float eddies(float z, float h, float us, float w2, float dt, float *kick) {
  if (z >= h) { *kick = 0.0f; return 0.1f; }
  float slope, sigma = sqrtf(variance(z, h, us, w2, &slope));
  *kick = fminf(fmaxf(0.25f * dt * slope / sigma, -0.15f), 0.15f);
  return sigma;
}

static inline void width_at(float z, float h, float us, float il, float dt, float *width, float *kick) {
  float slope, k = fmaxf(diffusivity(z, h, us, il, &slope), 0.01f);
  *width = sqrtf(0.5f * dt * k / z);
  *kick = fminf(fmaxf(0.25f * dt * (slope - k / z) / (sqrtf(z) * *width), -0.15f), 0.15f);
}

float wet_of[3 * LANES];  /* what rain took, as the kernel leaves it */

void step_all(float *particles, uint32_t *states, long blocks, int steps, const Fields *f, float dt, float before,
              int langevin, float lapse, float cells_y, float settling, float *out, float top, double *gone) {
  FLUSH_ON;
  for (long k = 0; k < blocks; k++) for (int n = 0; n < steps; n++) {
    float *p = particles + k * ROWS * LANES, older = before > 0.0f ? 0.5f * dt / before : 0.0f;
    uint32_t *state = states + k * 64;
    before = n == steps - 1 ? 0.0f : dt;
    for (int i = 0; i < LANES; i++) {
      int g = i & 15;
      float n0, n1, n2, n3, n4, n5, u01, chance;
      pair(state, g, &n0, &n1); pair(state, g, &n2, &n3); pair(state, g, &n4, &n5);
      chance = uniform(state, g); u01 = uniform(state, g);
      float x = p[X * LANES + i], y = p[Y * LANES + i], z = p[Z * LANES + i], old_x = x, old_y = y;
      float cx = fminf(fmaxf(x, 0.0f), f->nx - 1.001f), cy = fminf(fmaxf(y, 0.0f), f->ny - 1.001f);
      float ck = fminf((sqrtf(f->a * f->a + 4.0f * f->b * z) - f->a) * 0.5f / f->b, f->nz - 1.001f);
      int ix = (int)cx, iy = (int)cy, ik = (int)ck;
      float fx = cx - ix, fy = cy - iy, fk = ck - ik;
      float w00 = (1 - fx) * (1 - fy), w10 = fx * (1 - fy), w01 = (1 - fx) * fy, w11 = fx * fy, w[3], sf[4];
      const float *c00 = f->wind + (((long)iy * f->nx + ix) * f->nz + ik) * 4, *c10 = c00 + f->nz * 4;
      const float *c01 = c00 + (long)f->nx * f->nz * 4, *c11 = c01 + f->nz * 4;
      for (int c = 0; c < 3; c++) {
        float low = w00 * c00[c] + w10 * c10[c] + w01 * c01[c] + w11 * c11[c];
        float high = w00 * c00[c + 4] + w10 * c10[c + 4] + w01 * c01[c + 4] + w11 * c11[c + 4];
        w[c] = low + fk * (high - low);
      }
      const float *d00 = f->surface + ((long)iy * f->nx + ix) * SURFACE, *d10 = d00 + SURFACE;
      const float *d01 = d00 + (long)f->nx * SURFACE, *d11 = d01 + SURFACE;
      for (int c = 0; c < 4; c++) sf[c] = w00 * d00[c] + w10 * d10[c] + w01 * d01[c] + w11 * d11[c];
      long nearest = (long)(cy + 0.5f) * f->nx + (int)(cx + 0.5f);
      const float *near = f->surface + nearest * SURFACE, *stirs = f->wind + (nearest * f->nz + (ik & ~1)) * 4 + 3;
      float rate0 = ik & 1 ? stirs[8] : stirs[0], stirred = stirs[4];
      if (rate0 > 0.0f && z < stirred) {
        float share = 1.0f - expf(-rate0 * dt);
        if (chance <= share) z = -logf(1.0f - chance / share * (1.0f - expf(-lapse * stirred))) / lapse;
      }
      float h = sf[MIXING], us = sf[FRICTION], il = sf[IL], w2 = sf[CONV2], slope;
      if (langevin) {
        float q = p[TZ * LANES + i], kz = diffusivity(z, h, us, il, &slope), kick, kick2;
        int free = z >= h, turned = 0;
        float sigma = eddies(z, h, us, w2, dt, &kick), fade = expf(-dt / fmaxf(kz / (sigma * sigma), dt));
        q = fade * q + sqrtf(1.0f - fade * fade) * n0;
        float half = q - 0.5f * dt * lapse * sigma, over = 1.0f / (1.0f - half * kick);
        float stretched = (1.0f + kick * kick) * over * over, v = sigma * (half + kick) * over, z1 = z + v * dt;
        if (!free && z1 < 0.0f) { z1 = -z1; v = -v; turned = 1; }
        if ((z1 >= h) != free) {
          float lid = sqrtf(0.845f * us * us + 0.3447f * w2), ratio = free ? lid / 0.1f : 0.1f / lid;
          float own = free ? 0.1f : lid, energy = v / own * (v / own) + 2.0f * logf(ratio);
          if (turned) stretched = 0.0f;
          if (energy > 0.0f) {
            float passed = copysignf(ratio * own * sqrtf(energy), v);
            z1 = h + (z1 - h) * passed / v; v = passed; stretched *= ratio * ratio;
          } else { z1 = 2.0f * h - z1; v = -v; }
        }
        if (z1 < 0.0f) stretched = 0.0f;
        float sigma2 = eddies(fabsf(z1), h, us, w2, dt, &kick2);
        half = v / sigma2; over = 1.0f / (1.0f - half * kick2);
        stretched *= (1.0f + kick2 * kick2) * over * over * sigma / sigma2;
        float last = (half + kick2) * over - 0.5f * dt * lapse * sigma2;
        if (u01 <= stretched * expf(-0.5f * (last * last - q * q) - lapse * (z1 - z))) {
          z = z1; p[TZ * LANES + i] = last;
        } else p[TZ * LANES + i] = -q;
      } else {
        float root = sqrtf(fmaxf(z, 0.001f)), width, kick, along = n0, across = n5;
        float had = along * along + across * across, next_root, next_width, next_kick;
        z = fmaxf(z, 0.001f);
        width_at(z, h, us, il, dt, &width, &kick);
        float over = 1.0f / (1.0f - along * kick), wider = sqrtf(1.0f + kick * kick), stretched = wider * over * width;
        stretched *= stretched * wider * over;
        along = width * (along + kick) * over; across = width * across * wider * over;
        float px = root + along, py = across;
        int free = z >= h;
        if ((px * px + py * py >= h) != free) {
          float upper = diffusivity(0.5f * h, h, us, il, &slope), layer = sqrtf(fmaxf(upper, 0.01f));
          float above = sqrtf(fmaxf(fminf(upper, 1.0f), 0.01f)), ratio = free ? layer / above : above / layer;
          float own = (free ? above : layer) * sqrtf(0.5f * dt / h), out_w = root * along;
          float reach = sqrtf(fmaxf(out_w * out_w + (along * along + across * across) * (h - z), 0.0f));
          float until = free ? (z - h) / (reach - out_w) : (h - z) / (out_w + reach);
          float mx = root + along * until, my = across * until, nx = mx / sqrtf(h), ny = my / sqrtf(h);
          float speed = along * nx + across * ny, energy = speed * speed / (own * own) + 2.0f * logf(ratio);
          int goes = energy > 0.0f;
          if (goes) {
            float more = copysignf(ratio * own * sqrtf(energy), speed) - ratio * speed;
            along = ratio * along + more * nx; across = ratio * across + more * ny; stretched *= ratio * ratio * ratio;
          } else { along -= 2.0f * speed * nx; across -= 2.0f * speed * ny; }
          px = mx + along * (1.0f - until); py = my + across * (1.0f - until);
          if ((px * px + py * py >= h) != (goes ? !free : free)) stretched = 0.0f;
        }
        float z1 = fmaxf(px * px + py * py, 0.001f);
        next_root = sqrtf(z1);
        width_at(z1, h, us, il, dt, &next_width, &next_kick);
        float total = (along * along + across * across) / (next_width * next_width);
        float outward = (along * px + across * py) / (next_root * next_width), left = 1.0f - outward * next_kick;
        over = 1.0f / left; wider = 1.0f + next_kick * next_kick;
        float onward = (outward + next_kick) * over, side = fmaxf(total - outward * outward, 0.0f) * wider * over * over;
        stretched *= over * over * over * wider * sqrtf(wider) / (next_width * next_width);
        if (left > 0.0f && u01 <= stretched * expf(-0.5f * (onward * onward + side - had) - lapse * (z1 - z))) z = z1;
      }
      int inside = z < h;
      float sh = inside ? sqrtf(2.0449f * us * us * (1.0f - fminf(z / h, 0.5f)) + 0.3481f * w2) : 0.1f;
      float th = inside ? fmaxf(0.3f * h / sh, 60.0f) : 300.0f, fade = expf(-dt / th), slow = expf(-dt / 7200.0f);
      float kick = sqrtf(1.0f - fade * fade), kick2 = sqrtf(1.0f - slow * slow);
      float way = sh * sqrtf(fmaxf(2.0f * th * (dt - th * (1.0f - fade)), 0.0f));
      float way2 = 0.5f * sqrtf(2.0f * 7200.0f * (dt - 7200.0f * (1.0f - slow)));
      float u = p[TX * LANES + i] = fade * p[TX * LANES + i] + kick * n1;
      float v = p[TY * LANES + i] = fade * p[TY * LANES + i] + kick * n2;
      float su = p[SX * LANES + i] = slow * p[SX * LANES + i] + kick2 * n3;
      float sv = p[SY * LANES + i] = slow * p[SY * LANES + i] + kick2 * n4;
      float east = w[0] + older * (w[0] - p[WX * LANES + i]), north = w[1] + older * (w[1] - p[WY * LANES + i]);
      p[WX * LANES + i] = w[0]; p[WY * LANES + i] = w[1];
      p[X * LANES + i] = x += east * dt + (u * way + su * way2) * near[CELLS_X];
      p[Y * LANES + i] = y += north * dt + (v * way + sv * way2) * cells_y;
      z += (w[2] - settling) * dt;
      int landed = settling > 0.0f && z < 0.0f;
      p[Z * LANES + i] = z = fabsf(z);
      float lost[3];
      for (int c = 0; c < 3; c++) {
        float rate = z < 30.0f ? near[DRY + c] / 30.0f : 0.0f, rain = 0.0f;
        if (z < near[BASE]) rain = near[BELOW + c]; else if (z < near[TOP]) rain = near[IN_CLOUD + c];
        rate += rain;
        float there = p[(KEPT + c) * LANES + i], kept = there * expf(-rate * dt);
        wet_of[c * LANES + i] = rate > 0.0f ? (there - kept) * rain / rate : 0.0f;
        if (landed) kept = 0.0f;
        lost[c] = there - kept; p[(KEPT + c) * LANES + i] = kept;
      }
      float weight = p[WEIGHT * LANES + i];
      if (weight == 0.0f) continue;
      int column = (int)floorf(0.5f * (old_x + x)), row = (int)floorf(0.5f * (old_y + y));
      int seen = column >= 0 && column < f->nx && row >= 0 && row < f->ny;
      float *o = out + ((long)row * f->nx + column) * 7;
      for (int c = 0; c < 3; c++) if (seen) o[4 + c] += lost[c]; else gone[c + 1] += lost[c];
      if (seen && z < top) {
        o[0] += weight * dt;
        for (int c = 0; c < 3; c++) o[1 + c] += p[(KEPT + c) * LANES + i] * dt;
      }
      if (!(x >= 0.0f && x <= f->nx - 1 && y >= 0.0f && y <= f->ny - 1)) {
        gone[0] += weight; p[WEIGHT * LANES + i] = 0.0f;
        for (int c = 0; c < 3; c++) { gone[c + 1] += p[(KEPT + c) * LANES + i]; p[(KEPT + c) * LANES + i] = 0.0f; }
      }
    }
  }
  FLUSH_OFF;
}
