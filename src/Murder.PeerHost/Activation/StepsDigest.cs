using System.Security.Cryptography;
using System.Text;
using Murder.PeerHost.Contract;

namespace Murder.PeerHost;

/// <summary>
/// Tells the steps of one activation from those of another: a release whose steps were all done is done only as far as these are the steps that
/// are wanted now. Whether it is healthy is asked each time, so by which URL does not count.
/// </summary>
internal static class StepsDigest
{
    private const int DigitCount = 16;

    public static string Of(ActivationSteps steps) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{steps.BeforeActivate}\0{steps.Service}\0{steps.AfterActivate}")))[..DigitCount];
}
