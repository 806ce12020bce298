/* Profile, turbulence and the vertical: oberih.dispersion.kernels.{profile,turbulence,vertical} in plain C.
 * Included by puff.c.
 */
#include <math.h>

#define PI 3.14159265358979323846

static double smaller(double a, double b) { return a < b ? a : b; }
static double larger(double a, double b) { return a > b ? a : b; }
static double square(double a) { return a * a; }

/* profile ---------------------------------------------------------------------------------- */

static double stability_momentum(double z, double inverse_length)
{
    double s = z * inverse_length;
    if (s < 0.0) {
        double x = pow(1.0 - 16.0 * s, 0.25);
        return 2.0 * log(0.5 * (1.0 + x)) + log(0.5 * (1.0 + x * x)) - 2.0 * atan(x) + 0.5 * PI;
    }
    return -(PROFILE_A * s + PROFILE_B * (s - PROFILE_C / PROFILE_D) * exp(-PROFILE_D * s)
             + PROFILE_B * PROFILE_C / PROFILE_D);
}

static double gradient_momentum(double z, double inverse_length)
{
    double s = z * inverse_length;
    if (s < 0.0)
        return pow(1.0 - 16.0 * s, -0.25);
    return 1.0 + s * (PROFILE_A + PROFILE_B * exp(-PROFILE_D * s) * (1.0 + PROFILE_C - PROFILE_D * s));
}

static double gradient_heat(double z, double inverse_length)
{
    double s = z * inverse_length;
    return s < 0.0 ? pow(1.0 - 16.0 * s, -0.5) : 1.0 + 5.0 * s;
}

static double log_wind(double z, double roughness, double inverse_length)
{
    z = larger(z, 2.0 * roughness);
    return log(z / roughness) - stability_momentum(z, inverse_length) + stability_momentum(roughness, inverse_length);
}

static double wind_ratio(double z, double reference, double roughness, double inverse_length)
{
    return log_wind(z, roughness, inverse_length) / log_wind(reference, roughness, inverse_length);
}

static const double turn_inverse_length[] = {TURN_INVERSE_LENGTH};
static const double turn_degrees[] = {TURN_DEGREES};

static double turning(double z, double inverse_length)
{
    int last = sizeof turn_degrees / sizeof *turn_degrees - 1, i = 0;
    double at_200;
    if (inverse_length <= turn_inverse_length[0])
        at_200 = turn_degrees[0];
    else if (inverse_length >= turn_inverse_length[last])
        at_200 = turn_degrees[last];
    else {
        while (inverse_length >= turn_inverse_length[i + 1])
            i++;
        at_200 = turn_degrees[i] + (turn_degrees[i + 1] - turn_degrees[i])
            / (turn_inverse_length[i + 1] - turn_inverse_length[i]) * (inverse_length - turn_inverse_length[i]);
    }
    return 1.58 * at_200 * (1.0 - exp(-z / 200.0)) * PI / 180.0;
}

/* turbulence ------------------------------------------------------------------------------- */

static double vertical_diffusivity(double z, double friction, double inverse_length, double mixing)
{
    z = smaller(z, 0.5 * mixing);
    double surface = inverse_length >= 0.0 ? z : smaller(z, 0.1 * mixing);
    return VON_KARMAN * friction * z / gradient_heat(surface, inverse_length) * (1.0 - z / mixing);
}

static double vertical_deviation(double z, double friction, double convective, double mixing)
{
    double share = smaller(z / mixing, 0.5);
    double variance = square(1.3 * friction) * (1.0 - share);
    if (convective > 0.0)
        variance += convective * convective * (share < 0.1 ? 1.6 * pow(share, 2.0 / 3.0) : 0.35);
    return sqrt(variance);
}

static double vertical_growth(double height, double sigma_z, double friction, double inverse_length, double convective,
                              double mixing)
{
    double z = sqrt(height * height + square(1.253 * sigma_z));
    double diffusion = 2.0 * vertical_diffusivity(z, friction, inverse_length, mixing);
    double ballistic = 2.0 * vertical_deviation(z, friction, convective, mixing) * larger(sigma_z, 0.01);
    return smaller(diffusion, ballistic);
}

static double local_lateral_growth(double height, double sigma_z, double sigma_y, double friction, double lateral,
                                   double mixing)
{
    double z = smaller(sqrt(height * height + square(1.253 * sigma_z)), 0.5 * mixing);
    double variance = lateral * lateral * (1.0 - z / mixing);
    return smaller(2.0 * LATERAL_TIME_SCALE * variance * z / friction, 2.0 * lateral * larger(sigma_y, 0.01));
}

static double eddy_share(double averaging, double convective, double mixing)
{
    return convective <= 0.0 ? 0.0 : 1.0 - exp(-averaging * convective / (2.0 * mixing));
}

static double slow_lateral_growth(double age, double averaging, double lateral_convective, double convective,
                                  double mixing)
{
    double growth = 0.0;
    if (convective > 0.0) {
        double scale = mixing / convective;
        growth += 2.0 * lateral_convective * lateral_convective * scale * (1.0 - exp(-age / scale));
    }
    if (averaging > 600.0)
        growth += 2.0 * MEANDER_SPEED * MEANDER_SPEED * (1.0 - 600.0 / averaging) * MEANDER_TIME
            * (1.0 - exp(-age / MEANDER_TIME));
    return growth;
}

static double shape_exponent(double sigma_z, double roughness, double inverse_length, double mixing)
{
    double z = 1.553 * 0.79788456 * sigma_z;
    double wind = gradient_momentum(z, inverse_length) / larger(log_wind(z, roughness, inverse_length), 0.5);
    z = smaller(z, 0.495 * mixing);
    double slope = 1.0 - z / (mixing - z);
    if (inverse_length >= 0.0)
        slope -= 5.0 * z * inverse_length / (1.0 + 5.0 * z * inverse_length);
    else if (z < 0.1 * mixing)
        slope += -8.0 * z * inverse_length / (1.0 - 16.0 * z * inverse_length);
    return smaller(larger(2.0 + wind - slope, 0.8), 3.0);
}

/* vertical --------------------------------------------------------------------------------- */

static const double shape_a[] = {SHAPE_A}; /* for exponents 0.8 to 3.0, evenly */

static double shape_constant(double exponent)
{
    int last = sizeof shape_a / sizeof *shape_a - 1;
    double place = (exponent - 0.8) / ((3.0 - 0.8) / last);
    int i = (int)place;
    i = i < 0 ? 0 : i > last - 1 ? last - 1 : i;
    return shape_a[i] + (place - i) * (shape_a[i + 1] - shape_a[i]);
}

static double ground_density(double height, double sigma_z, double lid)
{
    height = smaller(height, lid);
    if (sigma_z < 0.6 * lid) {
        double q = 0.5 / (sigma_z * sigma_z);
        double total = exp(-height * height * q) + exp(-square(2.0 * lid - height) * q)
            + exp(-square(2.0 * lid + height) * q);
        return 0.79788456080286536 / sigma_z * total;
    }
    double a = 0.5 * square(PI * sigma_z / lid);
    return (1.0 + 2.0 * cos(PI * height / lid) * exp(-a) + 2.0 * cos(2.0 * PI * height / lid) * exp(-4.0 * a)) / lid;
}

static double shape_factor(double height, double sigma_z, double lid, double exponent)
{
    double near = exp(-0.5 * square(height / sigma_z));
    double free = smaller(larger(2.0 - sigma_z / (0.3 * lid), 0.0), 1.0);
    return 1.0 + (shape_constant(exponent) / (2.0 / PI) - 1.0) * near * free;
}
