namespace Murder.Deploy;

/// <summary>What an inventory can say about a host that matters here.</summary>
internal enum HostSetting
{
    Address,
    User,
    Port,
    IdentityFile,
    Zone,
    Root,
}

/// <summary>A value as it was written, and where: <c>PATH(LINE)</c> or <c>MurderHost item</c>.</summary>
internal readonly record struct HostValue(string Text, string Where);

/// <summary>The values of one host or one group. Few enough for an array.</summary>
internal sealed class HostValues
{
    public static IReadOnlyList<HostSetting> Settings { get; } = Enum.GetValues<HostSetting>();

    private readonly HostValue?[] _values = new HostValue?[Settings.Count];

    public HostValue? this[HostSetting setting]
    {
        get => _values[(int)setting];
        set => _values[(int)setting] = value;
    }

    /// <summary>Takes over every value that the other one has.</summary>
    public void Override(HostValues other)
    {
        foreach (HostSetting setting in Settings)
        {
            this[setting] = other[setting] ?? this[setting];
        }
    }

    /// <summary>The setting that an inventory variable stands for; null for the many that are Ansible's own affair.</summary>
    public static HostSetting? SettingOf(string variable) => variable switch
    {
        "ansible_host" or "ansible_ssh_host" => HostSetting.Address,
        "ansible_user" or "ansible_ssh_user" => HostSetting.User,
        "ansible_port" or "ansible_ssh_port" => HostSetting.Port,
        "ansible_ssh_private_key_file" or "ansible_private_key_file" => HostSetting.IdentityFile,
        "zone" => HostSetting.Zone,
        "murder_root" => HostSetting.Root,
        _ => null,
    };

    /// <summary>As a person calls it.</summary>
    public static string NameOf(HostSetting setting) => setting switch
    {
        HostSetting.Address => "address",
        HostSetting.User => "user",
        HostSetting.Port => "port",
        HostSetting.IdentityFile => "identity file",
        HostSetting.Zone => "zone",
        _ => "root",
    };
}
