"""What programs ask and set before they compute: GPUs, backends, default types."""

import pytest

from backend import torch, wengert_only


@wengert_only
def test_there_is_no_gpu():
    cuda, accelerator = torch.cuda, torch.accelerator
    assert not cuda.is_available() and not cuda.is_initialized() and cuda.device_count() == 0
    assert not accelerator.is_available() and accelerator.current_accelerator() is None
    cuda.manual_seed(0), cuda.manual_seed_all(0), cuda.empty_cache()
    device = torch.device("cuda" if cuda.is_available() else "cpu")
    assert torch.ones(2, device=device).device.type == "cpu"
    for needs in (cuda.current_device, cuda.get_device_name, cuda.synchronize, torch.ones(2).pin_memory):
        with pytest.raises(RuntimeError, match="wengert runs on CPUs"):
            needs()


@wengert_only
def test_flags_of_backends_are_kept():
    backends = torch.backends
    assert not backends.mps.is_available() and not backends.mps.is_built() and not backends.cuda.is_built()
    before = backends.cudnn.deterministic
    backends.cudnn.deterministic = True
    assert backends.cudnn.deterministic and backends.cudnn.enabled and not backends.cudnn.benchmark
    backends.cudnn.deterministic = before
    with pytest.raises(AttributeError, match="no flag 'speed'"):
        _ = backends.cudnn.speed


@pytest.mark.filterwarnings("ignore:.*set_default_tensor_type.*:UserWarning")
def test_default_types():
    try:
        torch.set_default_tensor_type(torch.DoubleTensor)
        assert torch.ones(1).dtype == torch.float64
        torch.set_default_tensor_type("torch.FloatTensor")
        assert torch.ones(1).dtype == torch.float32
        for wrong in (torch.LongTensor, 3):
            with pytest.raises(TypeError):
                torch.set_default_tensor_type(wrong)
    finally:
        torch.set_default_dtype(torch.float32)
