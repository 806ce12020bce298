/* The puff engine of oberih.dispersion.kernels, once more in plain C.
 *
 * Written after the Numba kernels, function by function, to measure what the compiler of the
 * hot loop is worth: the same double arithmetic in the same order, plain loops, no intrinsics,
 * no threads.  Numbers that the kernels name (CUT, SPACING, ...) are handed over by -D when this
 * is compiled, so that both always agree; that the results agree is checked by plain_c.py.
 * Only disperse_hour is called from outside.
 */
#include "flush.h"
#include "growth.h"

#include <math.h>
#include <string.h>

#define COMPONENTS 8 /* room for the gamma mixture */

enum { EAST, NORTH, FRICTION, INVERSE_LENGTH, MIXING, CONVECTIVE, CLOUD_BASE, DRY, WASHOUT = 10, RAINOUT = 13, COLUMNS = 16 };
enum { ROUGHNESS, WIND_HEIGHT, HEMISPHERE, AVERAGING, LONGEST_STEP, OLDEST, SIGMA_Y0, SIGMA_Z0 };
enum { TIC = 0, DRY_SUM = 4, WET_SUM = 7, GAMMA = 10, AGED = 11, SUMS = 12 };
enum { RELEASED, DRY_IN, WET_IN, ON_SITE, BEYOND, LEFT, ALOFT, BALANCE };

typedef struct {
    int rings, sectors, all_rings;
    double inner, log_ratio;
    const double *east, *north, *areas;
} Mesh;

typedef struct { int count; const double *weights, *sigmas; } Gamma;

typedef struct { double amount, travelled, aged, x, y; } Pending;

typedef struct {
    double x, y, var_y, var_z, height, lid, bottom, top, age;
    double low[4], high[4], lost[4][2], mean_low[4];
    double row[COLUMNS];
    Pending pending[COMPONENTS];
} Puff;

typedef struct { double *sums, *balance, *weights; int *cells; } Work;

typedef struct { int count; double inside, on_site, beyond; } Touched;

/* stamp ------------------------------------------------------------------------------------ */

static double fading(double x) /* exp(x) for -8 <= x <= 0 */
{
    double y = x * 0.03125, p = 1.0 + y / 9.0;
    for (int n = 8; n > 0; n--)
        p = 1.0 + p * y / n;
    for (int n = 0; n < 5; n++)
        p *= p;
    return p;
}

static Touched footprint(double x, double y, double variance, const Mesh *mesh, int *cells, double *weights)
{
    int rings = mesh->rings, sectors = mesh->sectors, last = mesh->all_rings, first_ring = 0, whole = 1, count = 0;
    double inner = mesh->inner, log_ratio = mesh->log_ratio;
    double radius = CUT * sqrt(variance), r = sqrt(x * x + y * y);
    double inside = 0.0, on_site = 0.0, beyond = 0.0;
    if (r - radius > inner * exp(-INNER_VIRTUAL * log_ratio))
        first_ring = (int)(log((r - radius) / inner) / log_ratio + INNER_VIRTUAL);
    else
        whole = 0;
    int end_ring = (int)(log((r + radius) / inner) / log_ratio + INNER_VIRTUAL) + 1;
    if (end_ring > last) {
        end_ring = last;
        whole = 0;
    }
    if (end_ring <= 0)
        return (Touched){0, 0.0, 1.0, 0.0};
    double per_sector = 0.5 * sectors / PI, middle = atan2(x, y) * per_sector, q = -0.5 / variance;
    for (int ring = first_ring; ring < end_ring; ring++) {
        const double *east = mesh->east + ring * sectors, *north = mesh->north + ring * sectors;
        double *w = weights + count, centre = north[0], total = 0.0;
        double cosine = (centre * centre + r * r - radius * radius) / (2.0 * centre * larger(r, 1e-9));
        int begin = 0, n = sectors, real = ring - INNER_VIRTUAL;
        if (cosine >= 1.0)
            continue;
        if (cosine > -1.0) {
            double half = acos(cosine) * per_sector;
            begin = (int)ceil(middle - half);
            n = (int)floor(middle + half) + 1 - begin;
            if (begin < 0)
                begin += sectors;
        }
        int head = n < sectors - begin ? n : sectors - begin;
        for (int i = 0; i < head; i++) {
            double dx = east[begin + i] - x, dy = north[begin + i] - y;
            w[i] = fading((dx * dx + dy * dy) * q);
        }
        for (int i = head; i < n; i++) {
            double dx = east[begin + i - sectors] - x, dy = north[begin + i - sectors] - y;
            w[i] = fading((dx * dx + dy * dy) * q);
        }
        for (int i = 0; i < n; i++)
            total += w[i];
        total *= mesh->areas[ring];
        if (real < 0)
            on_site += total;
        else if (real >= rings)
            beyond += total;
        else {
            inside += total;
            for (int i = 0; i < head; i++)
                cells[count + i] = real * sectors + begin + i;
            for (int i = head; i < n; i++)
                cells[count + i] = real * sectors + begin + i - sectors;
            count += n;
        }
    }
    double total = inside + on_site + beyond;
    if (!whole || total <= 0.0)
        total = larger(-PI / q, total);
    double scale = 1.0 / total;
    for (int i = 0; i < count; i++)
        weights[i] *= scale;
    inside *= scale;
    double rest = larger(1.0 - inside, 0.0);
    if (end_ring == last && r > inner * exp(0.5 * rings * log_ratio))
        return (Touched){count, inside, 0.0, rest};
    return (Touched){count, inside, rest - beyond * scale, beyond * scale};
}

/* puff ------------------------------------------------------------------------------------- */

static int air_at(const double *air, long n, int cyclic, double hours, double *row)
{
    long k = (long)hours, a = k % n, b = (k + 1) % n;
    double w = hours - k;
    if (!cyclic && k + 1 >= n)
        return 0;
    for (int c = 0; c < WASHOUT; c++)
        row[c] = air[a * COLUMNS + c] + w * (air[b * COLUMNS + c] - air[a * COLUMNS + c]);
    for (int c = WASHOUT; c < COLUMNS; c++)
        row[c] = air[b * COLUMNS + c];
    return 1;
}

static double below(double z, double height, double sigma_z, double lid)
{
    if (sigma_z >= 0.6 * lid)
        return smaller(z / lid, 1.0);
    double s = sigma_z * 1.4142135623730951;
    return 0.5 * (erf((z - height) / s) + erf((z + height) / s));
}

static void exchange_at_lid(Puff *p, double lid)
{
    double old = p->lid, sigma_z = sqrt(p->var_z);
    if (lid < old && p->low[0] > 0.0) {
        double whole = below(old, p->height, sigma_z, old);
        double kept = whole > 1e-12 ? below(lid, p->height, sigma_z, old) / whole : lid / old;
        kept = smaller(larger(kept, 0.0), 1.0);
        if (kept < 1.0) {
            double reached = smaller(old, p->height + HALF_WIDTH * sigma_z + 1.0);
            if (p->high[0] <= 0.0) {
                p->bottom = lid;
                p->top = reached;
            }
            p->bottom = smaller(p->bottom, lid);
            p->top = larger(p->top, reached);
            for (int f = 0; f < 4; f++) {
                p->high[f] += p->low[f] * (1.0 - kept);
                p->low[f] *= kept;
            }
        }
        p->var_z = smaller(p->var_z, lid * lid);
    } else if (lid > p->bottom && p->high[0] > 0.0) {
        double bottom = larger(p->bottom, smaller(old, lid));
        double moved = lid >= p->top ? 1.0 : (lid - bottom) / larger(p->top - bottom, 1e-9);
        moved = smaller(larger(moved, 0.0), 1.0);
        double before = p->low[0], after = before + moved * p->high[0];
        if (after > 0.0) {
            p->var_z = (before * p->var_z + moved * p->high[0] * lid * lid) / after;
            p->height = (before * smaller(p->height, lid) + moved * p->high[0] * 0.5 * lid) / after;
        }
        for (int f = 0; f < 4; f++) {
            p->low[f] += p->high[f] * moved;
            p->high[f] *= 1.0 - moved;
        }
        p->bottom = lid;
    }
    p->lid = lid;
}

static void transport(const Puff *p, const double *settings, double *u, double *v)
{
    const double *row = p->row;
    double mean = 0.79788456 * sqrt(p->var_z), reference = settings[WIND_HEIGHT];
    double z = smaller(sqrt(square(0.6 * mean) + square(p->height)), 0.5 * p->lid + 0.5 * smaller(p->height, p->lid));
    if (p->high[0] > 0.0)
        z = (p->low[0] * z + p->high[0] * 0.5 * (p->bottom + p->top)) / (p->low[0] + p->high[0]);
    double held = smaller(z, larger(row[MIXING], reference));
    double ratio = wind_ratio(held, reference, settings[ROUGHNESS], row[INVERSE_LENGTH]);
    ratio = smaller(larger(ratio, 0.3), 4.0);
    double angle = settings[HEMISPHERE] * (turning(z, row[INVERSE_LENGTH]) - turning(reference, row[INVERSE_LENGTH]));
    double c = cos(angle), s = sin(angle);
    *u = ratio * (row[EAST] * c + row[NORTH] * s);
    *v = ratio * (row[NORTH] * c - row[EAST] * s);
}

static void growth_rates(const Puff *p, const double *settings, double age, double var_y, double var_z, double *rate_y,
                         double *rate_z)
{
    const double *row = p->row;
    double lid = p->lid, share = eddy_share(settings[AVERAGING], row[CONVECTIVE], lid);
    *rate_y = slow_lateral_growth(age, settings[AVERAGING], CONVECTIVE_LATERAL * share * row[CONVECTIVE],
                                  row[CONVECTIVE], lid);
    *rate_z = 2.0 * ALOFT_DIFFUSIVITY;
    if (p->low[0] <= 0.0) {
        *rate_y += 2.0 * ALOFT_DIFFUSIVITY;
        return;
    }
    double height = smaller(p->height, lid), sigma_z = sqrt(var_z);
    *rate_y += local_lateral_growth(height, sigma_z, sqrt(var_y), row[FRICTION], LATERAL_OVER_FRICTION * row[FRICTION],
                                    lid);
    *rate_z = vertical_growth(height, sigma_z, row[FRICTION], row[INVERSE_LENGTH], row[CONVECTIVE], lid);
}

static void grow(Puff *p, const double *settings, double dt)
{
    double var_y = p->var_y, var_z = p->var_z, most = larger(var_z, p->lid * p->lid), rate_y, rate_z;
    growth_rates(p, settings, p->age, var_y, var_z, &rate_y, &rate_z);
    growth_rates(p, settings, p->age + 0.5 * dt, var_y + 0.5 * dt * rate_y, smaller(var_z + 0.5 * dt * rate_z, most),
                 &rate_y, &rate_z);
    p->var_y = var_y + rate_y * dt;
    p->var_z = var_z + rate_z * dt;
    if (p->low[0] > 0.0)
        p->var_z = smaller(p->var_z, most);
    else {
        double wider = HALF_WIDTH * (sqrt(p->var_z) - sqrt(var_z));
        p->bottom = larger(p->bottom - wider, p->lid);
        p->top += wider;
    }
}

static double longest_step(const Puff *p, double speed, const double *settings, const Mesh *mesh)
{
    double r = sqrt(square(p->x) + square(p->y)), width = larger(r, mesh->inner) * mesh->log_ratio;
    double length = SPACING * sqrt(p->var_y + width * width / 12.0);
    length = smaller(length, larger(0.06 * r, 2.0) * larger(sqrt(r / mesh->inner), 1.0));
    return smaller(length / speed, settings[LONGEST_STEP]);
}

static void lose(Puff *p, double density, double dt)
{
    const double *row = p->row;
    double top = larger(smaller(p->lid, p->height + 2.15 * sqrt(p->var_z)), 1.0);
    double in_cloud = smaller(larger(1.0 - row[CLOUD_BASE] / top, 0.0), 1.0);
    int raining = row[WASHOUT] > 0.0;
    p->mean_low[0] = p->low[0];
    for (int f = 1; f < 4; f++) {
        double dry = row[DRY + f - 1] * density;
        double wet = raining ? (1.0 - in_cloud) * row[WASHOUT + f - 1] + in_cloud * row[RAINOUT + f - 1] : 0.0;
        double rate = (dry + wet) * dt, gone = -expm1(-rate), removed = p->low[f] * gone;
        p->mean_low[f] = p->low[f] * (rate > 1e-12 ? gone / rate : 1.0);
        p->lost[f][0] = removed * (rate > 0.0 ? dry / (dry + wet) : 0.0);
        p->lost[f][1] = removed - p->lost[f][0];
        p->low[f] -= removed;
        if (raining && p->high[f] > 0.0) {
            double above = p->high[f] * -expm1(-row[WASHOUT + f - 1] * dt);
            p->lost[f][1] += above;
            p->high[f] -= above;
        }
    }
}

static double open_density(double height, double variance)
{
    return 0.79788456080286536 / sqrt(variance) * exp(-0.5 * height * height / variance);
}

static double gamma_density(const Puff *p, double low, double high, double spread)
{
    double seen = 0.0;
    if (low > 0.0) {
        if (sqrt(p->var_z) >= 0.6 * p->lid)
            seen += low * erf(p->lid / (1.4142135623730951 * spread)) / p->lid;
        else
            seen += low * open_density(smaller(p->height, p->lid), p->var_z + spread * spread);
    }
    if (high > 0.0) {
        double middle = 0.5 * (p->bottom + p->top), half = 0.5 * (p->top - p->bottom);
        seen += high * open_density(middle, half * half / 3.0 + spread * spread);
    }
    return seen;
}

static void start_puff(Puff *p, double height, double share, const double *settings)
{
    double lid = p->row[MIXING], half = HALF_WIDTH * settings[SIGMA_Z0];
    p->x = p->y = p->age = 0.0;
    p->var_y = square(settings[SIGMA_Y0]);
    p->var_z = square(settings[SIGMA_Z0]);
    p->height = height;
    p->lid = lid;
    p->bottom = larger(height - half, lid);
    p->top = height + half;
    for (int f = 0; f < 4; f++) {
        p->low[f] = height <= lid ? share : 0.0;
        p->high[f] = height <= lid ? 0.0 : share;
    }
    memset(p->pending, 0, sizeof p->pending);
}

static void stamp_gamma(const Mesh *mesh, Work *work, const Gamma *gamma, Puff *p, int all_of_it)
{
    for (int k = 0; k < gamma->count; k++) {
        Pending *g = &p->pending[k];
        double variance = p->var_y + square(gamma->sigmas[k]);
        if (g->amount <= 0.0 || !(all_of_it || g->travelled >= GAMMA_SPACING * sqrt(variance)))
            continue;
        double x = g->x / g->amount, y = g->y / g->amount;
        double width = larger(sqrt(x * x + y * y), mesh->inner) * mesh->log_ratio;
        int count = footprint(x, y, variance + width * width / 12.0, mesh, work->cells, work->weights).count;
        for (int i = 0; i < count; i++) {
            int c = work->cells[i];
            double value = g->amount * work->weights[i];
            work->sums[c * SUMS + GAMMA] += value;
            work->sums[c * SUMS + AGED] += value * g->aged / g->amount;
        }
        *g = (Pending){0};
    }
}

static double gather_gamma(const Gamma *gamma, Puff *p, double x, double y, double high, double travelled, double dt)
{
    double wide = 0.0;
    for (int k = 0; k < gamma->count; k++) {
        double spread = gamma->sigmas[k];
        double amount = gamma->weights[k] * dt * gamma_density(p, p->mean_low[0], high, spread);
        if (p->var_y > 4.0 * spread * spread) {
            wide += amount;
            continue;
        }
        Pending *g = &p->pending[k];
        g->amount += amount;
        g->travelled += travelled;
        g->aged += amount * p->age;
        g->x += amount * x;
        g->y += amount * y;
    }
    return wide;
}

static void lay_down(const Mesh *mesh, Work *work, const Puff *p, double x, double y, const double *exposure, double wide)
{
    double width = larger(sqrt(x * x + y * y), mesh->inner) * mesh->log_ratio;
    Touched t = footprint(x, y, p->var_y + width * width / 12.0, mesh, work->cells, work->weights);
    int wet = p->lost[1][1] > 0.0 || p->lost[2][1] > 0.0;
    for (int f = 1; f < 4; f++) {
        double *account = work->balance + f * BALANCE, both = p->lost[f][0] + p->lost[f][1];
        account[DRY_IN] += p->lost[f][0] * t.inside;
        account[WET_IN] += p->lost[f][1] * t.inside;
        account[ON_SITE] += both * t.on_site;
        account[BEYOND] += both * (1.0 - t.inside - t.on_site);
    }
    double dry1 = p->lost[1][0], dry2 = p->lost[2][0], dry3 = p->lost[3][0], aged = wide * p->age;
    double wet1 = p->lost[1][1], wet2 = p->lost[2][1], wet3 = p->lost[3][1];
    double tic0 = exposure[0], tic1 = exposure[1], tic2 = exposure[2], tic3 = exposure[3];
    for (int i = 0; i < t.count; i++) {
        double *row = work->sums + work->cells[i] * SUMS, per_area = work->weights[i];
        row[TIC] += tic0 * per_area;
        row[TIC + 1] += tic1 * per_area;
        row[TIC + 2] += tic2 * per_area;
        row[TIC + 3] += tic3 * per_area;
        row[DRY_SUM] += dry1 * per_area;
        row[DRY_SUM + 1] += dry2 * per_area;
        row[DRY_SUM + 2] += dry3 * per_area;
        row[GAMMA] += wide * per_area;
        row[AGED] += aged * per_area;
        if (wet) {
            row[WET_SUM] += wet1 * per_area;
            row[WET_SUM + 1] += wet2 * per_area;
            row[WET_SUM + 2] += wet3 * per_area;
        }
    }
}

static double advance(const Mesh *mesh, Work *work, const Gamma *gamma, Puff *p, const double *settings, double hours,
                      const double *air, long n, int cyclic)
{
    double u, v, density = 0.0, exposure[4];
    if (!air_at(air, n, cyclic, hours, p->row))
        return -1.0;
    exchange_at_lid(p, p->row[MIXING]);
    transport(p, settings, &u, &v);
    double speed = sqrt(u * u + v * v), dt = longest_step(p, speed, settings, mesh);
    grow(p, settings, 0.5 * dt);
    p->age += 0.5 * dt;
    double x = p->x + 0.5 * dt * u, y = p->y + 0.5 * dt * v;
    if (p->low[0] > 0.0) {
        double sigma_z = sqrt(p->var_z), height = smaller(p->height, p->lid);
        double exponent = shape_exponent(sigma_z, settings[ROUGHNESS], p->row[INVERSE_LENGTH], p->lid);
        density = ground_density(height, sigma_z, p->lid) * shape_factor(height, sigma_z, p->lid, exponent);
    }
    double high = p->high[0];
    lose(p, density, dt);
    double wide = gather_gamma(gamma, p, x, y, high, speed * dt, dt);
    for (int f = 0; f < 4; f++)
        exposure[f] = p->mean_low[f] * density * dt;
    lay_down(mesh, work, p, x, y, exposure, wide);
    stamp_gamma(mesh, work, gamma, p, 0);
    grow(p, settings, 0.5 * dt);
    p->age += 0.5 * dt;
    p->x += dt * u;
    p->y += dt * v;
    return dt;
}

static void follow(const Mesh *mesh, Work *work, const Gamma *gamma, const double *settings, const double *air, long n,
                   int cyclic, double begin, double height, double share)
{
    Puff p = {0};
    double outer = mesh->inner * exp(mesh->rings * mesh->log_ratio), hours = begin;
    int fate = ALOFT;
    if (!air_at(air, n, cyclic, begin, p.row)) {
        for (int f = 0; f < 4; f++)
            work->balance[f * BALANCE + ALOFT] += share;
        return;
    }
    start_puff(&p, height, share, settings);
    while (p.age < settings[OLDEST]) {
        double dt = advance(mesh, work, gamma, &p, settings, hours, air, n, cyclic);
        if (dt < 0.0)
            break;
        hours += dt / 3600.0;
        if (sqrt(square(p.x) + square(p.y)) > outer + 2.0 * sqrt(p.var_y)) {
            fate = LEFT;
            break;
        }
    }
    stamp_gamma(mesh, work, gamma, &p, 1);
    for (int f = 0; f < 4; f++)
        work->balance[f * BALANCE + fate] += p.low[f] + p.high[f];
}

void disperse_hour(int rings, int sectors, int all_rings, double inner, double log_ratio, const double *east,
                   const double *north, const double *areas, int components, const double *gamma_weights,
                   const double *gamma_sigmas, const double *settings, const double *air, long n, int cyclic, long hour,
                   double height, int puffs, double *sums, double *balance, int *cells, double *weights)
{
    FLUSH_ON;
    Mesh mesh = {rings, sectors, all_rings, inner, log_ratio, east, north, areas};
    Gamma gamma = {components, gamma_weights, gamma_sigmas};
    Work work = {sums, balance, weights, cells};
    memset(sums, 0, sizeof(double) * SUMS * rings * sectors);
    memset(balance, 0, sizeof(double) * BALANCE * 4);
    for (int f = 0; f < 4; f++)
        balance[f * BALANCE + RELEASED] = 1.0;
    for (int i = 0; i < puffs; i++)
        follow(&mesh, &work, &gamma, settings, air, n, cyclic, hour + (i + 0.5) / puffs, height, 1.0 / puffs);
    for (int c = 0; c < rings * sectors; c++)
        if (sums[c * SUMS + GAMMA] > 0.0)
            sums[c * SUMS + AGED] /= sums[c * SUMS + GAMMA];
    FLUSH_OFF;
}
