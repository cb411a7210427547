namespace Murder.Deploy.Tests;

/// <summary>Where each host of a first deploy has the agent from.</summary>
public sealed class AgentSpreadTests
{
    private readonly SpreadScript _script = new();

    [Fact]
    public void Two_hosts_get_it_from_us_and_all_others_from_hosts_in_a_tree_while_it_arrives() => Assert.Equal(
        [
            "0 from us", "1 from us",
            "2 from 0", "3 from 1", "4 from 0", "5 from 1",
            "6 from 2", "7 from 3", "8 from 4", "9 from 5", "10 from 2", "11 from 3", "12 from 4", "13 from 5",
            "14 from 6",
        ],
        _script.AskAll(15));

    [Fact]
    public void A_host_that_has_it_comes_before_those_to_which_it_is_coming()
    {
        _script.AskAll(4);
        _script.Arrive(2);

        Assert.Equal(["4 from 2"], _script.Ask(4));
    }

    [Fact]
    public void A_host_of_the_same_zone_comes_before_others()
    {
        _script.Ask(0, "east");
        _script.Ask(1, "west");
        _script.Ask(2, "west");
        _script.Ask(3, "west");

        Assert.Equal(["4 from 2"], _script.Ask(4, "west"));
        Assert.Equal(["5 from 0"], _script.Ask(5, "east"));
    }

    [Fact]
    public void Hosts_of_another_platform_do_not_get_it_from_there()
    {
        _script.AskAll(2);

        Assert.Equal(["2 from us"], _script.Ask(2, rid: "linux-arm64"));
    }

    [Fact]
    public void Hosts_that_cannot_hand_it_on_get_it_from_us_all_at_once() =>
        Assert.Equal(["0 from us", "1 from us", "2 from us", "3 from us"], [.. Enumerable.Range(0, 4).SelectMany(host => _script.Ask(host, canRelay: false))]);

    [Fact]
    public void Where_none_can_hand_it_on_while_it_comes_hosts_wait_for_the_first_that_have_it()
    {
        Assert.Equal(["0 from us", "1 from us"], [.. Enumerable.Range(0, 8).SelectMany(host => _script.Ask(host, canRelay: false, canOffer: true))]);
        _script.Wait(TimeSpan.FromSeconds(5));
        Assert.True(_script.WantsOffer);

        Assert.Equal(["2 from us"], _script.Arrive(0)); // whose agent does not run yet
        Assert.Equal(["3 from 0", "4 from 0"], _script.Offer(0));
        Assert.Equal(["5 from us"], _script.Arrive(1));
        Assert.Equal(["6 from us", "7 from 0"], [.. _script.Leave(1), .. _script.Arrive(2), .. _script.Arrive(3)]);
        Assert.False(_script.WantsOffer);
    }

    [Fact]
    public void Where_the_first_that_have_it_do_not_hand_it_on_either_nobody_waits_for_them()
    {
        Assert.Equal(["0 from us", "1 from us"], [.. Enumerable.Range(0, 5).SelectMany(host => _script.Ask(host, canRelay: false, canOffer: true))]);
        Assert.Equal([], _script.Wait(TimeSpan.FromSeconds(9)));

        Assert.Equal(["2 from us", "3 from us", "4 from us"], _script.Wait(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_host_that_had_it_hands_it_on_too()
    {
        _script.AskAll(2);
        foreach (int host in Enumerable.Range(2, 5))
        {
            _script.Ask(host, canRelay: false);
        }

        Assert.Equal(["6 from 9"], _script.Offer(9));
    }

    [Fact]
    public void A_host_that_cannot_check_what_others_bring_gets_it_from_us_at_once()
    {
        _script.AskAll(10);

        Assert.Equal(["10 from us"], _script.Ask(10, canGet: false));
    }

    [Fact]
    public void A_host_waits_for_its_turn_when_all_hands_are_full_and_a_while_only()
    {
        Assert.Equal(["0 from us", "1 from us"], _script.AskAll(2));
        Assert.Equal(["2 from 0", "3 from 1", "4 from 0", "5 from 1"], [.. Enumerable.Range(2, 4).SelectMany(host => _script.Ask(host, canRelay: false))]);
        Assert.Equal([], _script.Ask(6, canRelay: false));
        Assert.Equal([], _script.Ask(7, canRelay: false));

        Assert.Equal([], _script.Wait(TimeSpan.FromSeconds(9)));

        Assert.Equal(["6 from us", "7 from us"], _script.Wait(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_host_whose_turn_it_is_when_another_has_it_waits_no_more()
    {
        _script.AskAll(2);
        foreach (int host in Enumerable.Range(2, 5))
        {
            _script.Ask(host, canRelay: false);
        }

        Assert.Equal(["6 from 0"], _script.Arrive(2));
    }

    [Fact]
    public void A_host_that_gives_up_while_it_waits_or_gets_it_leaves_its_place_to_others()
    {
        _script.AskAll(2);
        foreach (int host in Enumerable.Range(2, 6))
        {
            _script.Ask(host, canRelay: false);
        }

        Assert.Equal([], _script.Leave(6));
        Assert.Equal(["7 from 0"], _script.Leave(2));
    }

    [Fact]
    public void A_host_that_missed_it_gets_it_from_us()
    {
        _script.AskAll(4);
        _script.Miss(2);

        Assert.Equal(["2 from us"], _script.Ask(2));
    }

    [Fact]
    public void A_host_that_nobody_can_get_it_from_is_left_alone()
    {
        _script.AskAll(6); // 2 and 4 from 0, 3 and 5 from 1
        _script.Arrive(3);
        _script.Miss(2);
        _script.Miss(4);

        Assert.DoesNotContain(Enumerable.Range(6, 20).SelectMany(host => _script.Ask(host)), order => order.EndsWith("from 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Hosts_that_do_not_reach_each_other_get_it_from_us_after_the_first_round()
    {
        _script.AskAll(14);
        foreach (int host in Enumerable.Range(2, 12))
        {
            _script.Miss(host);
        }

        Assert.Equal(Enumerable.Range(2, 12).Select(host => $"{host} from us"), Enumerable.Range(2, 12).SelectMany(host => _script.Ask(host)));
        Assert.Equal(["14 from us"], _script.Ask(14));
    }

    [Fact]
    public void Hosts_for_which_it_dries_up_where_it_comes_from_us_too_slowly_do_reach_each_other()
    {
        _script.AskAll(4);
        _script.Wait(TimeSpan.FromSeconds(6));
        _script.Miss(2);
        _script.Miss(3);

        Assert.Equal(["2 from 0", "3 from 1"], [.. _script.Ask(2), .. _script.Ask(3)]);
    }

    [Fact]
    public void What_breaks_off_because_it_broke_off_before_does_not_stop_the_others()
    {
        _script.AskAll(14);
        int[] below = [2, 4, 6, 8, 10, 12];
        _script.Leave(0); // and with it all that got it from there
        Array.ForEach(below, host => _script.Miss(host));

        Assert.All(below, host => Assert.DoesNotContain($"{host} from us", _script.Ask(host)));
        Assert.Equal("2 from us", Assert.Single(MissAgain(2)));
    }

    [Fact]
    public void A_host_that_gets_it_from_a_slow_one_is_given_up_when_it_is_plain_how_long_it_takes_at_best()
    {
        _script.AskAll(4);
        Assert.Equal([], _script.Wait(TimeSpan.FromSeconds(2)));
        _script.Arrive(1);
        _script.Arrive(3);

        Assert.Equal([], _script.Wait(TimeSpan.FromSeconds(8)));
        Assert.Equal(["2 given up"], _script.Wait(TimeSpan.FromSeconds(2)));
        Assert.Equal(1, _script.SpreadCount);
    }

    [Fact]
    public void After_a_while_a_host_hands_it_on_no_more()
    {
        _script.AskAll(2);
        _script.Arrive(0);
        _script.Arrive(1);
        Assert.Equal(["2 from 0"], _script.Ask(2, canRelay: false));

        _script.Wait(TimeSpan.FromMinutes(1));

        Assert.Equal(["3 from us"], _script.Ask(3));
    }

    [Fact]
    public void What_hosts_brought_to_each_other_is_counted()
    {
        _script.AskAll(5);
        _script.Miss(4);
        foreach (int host in Enumerable.Range(0, 4))
        {
            _script.Arrive(host);
        }

        Assert.Equal(2, _script.SpreadCount);
    }

    private List<string> MissAgain(int host)
    {
        _script.Miss(host);
        return _script.Ask(host);
    }
}
